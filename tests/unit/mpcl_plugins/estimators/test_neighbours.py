"""Estimators by nearest neighbours need a neighbour and a modality."""

import pytest

from mpcl_plugins.estimators._neighbours import check_neighbours


@pytest.mark.parametrize(("k", "modalities"), [(1, None), (5, ["eeg"]), (3, ("a", "b"))])
def test_a_neighbour_and_a_modality_suffice(k: int, modalities: list[str] | None) -> None:
    check_neighbours(k, modalities)


def test_none_of_either_is_refused() -> None:
    with pytest.raises(ValueError, match="k is 0, but at least 1 neighbour is needed"):
        check_neighbours(0)
    with pytest.raises(ValueError, match="modalities is empty; leave it out to compare all"):
        check_neighbours(1, [])
