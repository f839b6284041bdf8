"""Whole units are held out, each once, in folds of equal size."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Fold
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.sample_data import study
from mpcl_core.toolkit.window_keys import window_keys
from mpcl_plugins.protocols._shuffled_folds import shuffled_folds

WINDOWS = study(7, 2, 2)
UNIT = np.unique(WINDOWS.subject, return_inverse=True)[1].astype(np.int64)


def folds(n: int, seed: int = 0, rated: int | None = None) -> list[Fold]:
    return list(shuffled_folds(window_keys(WINDOWS), UNIT, "subject", n, seed, rated))


def test_every_unit_is_tested_once_and_sizes_differ_by_one_at_most() -> None:
    found = folds(3)
    assert [fold.label for fold in found] == ["fold-1", "fold-2", "fold-3"]
    tested = [sorted(set(UNIT[fold.test].tolist())) for fold in found]
    assert sorted(unit for units in tested for unit in units) == list(range(7))
    assert sorted(map(len, tested)) == [2, 2, 3]
    for fold in found:
        assert not set(UNIT[fold.test]) & set(UNIT[fold.train])
        everything = np.concatenate([fold.train, fold.validation, fold.test, fold.unrated])
        assert sorted(everything.tolist()) == list(range(len(WINDOWS)))


def test_seed_decides_the_folds() -> None:
    first, again, other = folds(3), folds(3), folds(3, seed=1)
    assert all(np.array_equal(a.test, b.test) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a.test, b.test) for a, b in zip(first, other, strict=True))


def test_fewer_units_than_folds_are_refused() -> None:
    with pytest.raises(DataError, match="7 subjects cannot make 8 folds"):
        folds(8)


def test_ratings_of_the_other_subjects_are_hidden() -> None:
    for fold in folds(3, rated=2):
        assert len(set(UNIT[np.concatenate([fold.train, fold.validation])])) == 2
        assert len(set(UNIT[fold.unrated])) >= 2
