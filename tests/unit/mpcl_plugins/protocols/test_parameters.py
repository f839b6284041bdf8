"""Numbers of folds and shares are checked also where a program states them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from mpcl_plugins.protocols._parameters import Folds, Share, check_folds, check_share


def test_values_within_bounds_are_returned() -> None:
    assert check_folds(2) == TypeAdapter(Folds).validate_python(2) == 2
    assert check_share(0.2) == TypeAdapter(Share).validate_python(0.2) == 0.2


@pytest.mark.parametrize("folds", [1, 0, -3])
def test_a_split_needs_two_folds(folds: int) -> None:
    with pytest.raises(ValueError, match=f"folds is {folds}, but a split needs at least 2"):
        check_folds(folds)
    with pytest.raises(ValidationError):
        TypeAdapter(Folds).validate_python(folds)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_is_neither_nothing_nor_all(share: float) -> None:
    with pytest.raises(ValueError, match="lies above 0 and below 1"):
        check_share(share)
    with pytest.raises(ValidationError):
        TypeAdapter(Share).validate_python(share)
