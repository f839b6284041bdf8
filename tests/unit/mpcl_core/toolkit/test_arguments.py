"""Arguments that several components take are refused with their value."""

import pytest

from mpcl_core.toolkit.arguments import check_dropout, check_heads, check_levels


@pytest.mark.parametrize("dropout", [-0.1, 1.0, float("nan")])
def test_a_dropout_rate_is_a_fraction(dropout: float) -> None:
    check_dropout(0.0)
    with pytest.raises(ValueError, match=f"dropout is {dropout}, but must be from 0 and below 1"):
        check_dropout(dropout)


@pytest.mark.parametrize("heads", [0, -2, 3])
def test_heads_divide_the_width(heads: int) -> None:
    check_heads(4, 32)
    with pytest.raises(ValueError, match=f"heads is {heads}, but must divide dim, which is 32"):
        check_heads(heads, 32)


def test_levels_begin_with_the_valence_sets() -> None:
    check_levels((2,), [[0], [1]], flat="linear")
    check_levels((5,), None, flat="linear")
    with pytest.raises(ValueError, match="use the head 'linear'"):
        check_levels((), None, flat="linear")
    with pytest.raises(ValueError, match="the first of levels is 3, but the source states 2"):
        check_levels((3,), [[0], [1]], flat="linear")
