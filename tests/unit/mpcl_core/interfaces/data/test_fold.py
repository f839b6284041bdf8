"""Folds hold indices; further windows without ratings are optional."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Fold, Job


def test_fold_has_no_unrated_windows_unless_stated() -> None:
    first, second = (Fold(np.arange(3), np.arange(3, 4), np.arange(4, 6), "s1") for _ in range(2))
    assert first.unrated.dtype == np.int64
    assert len(first.unrated) == 0
    assert first.unrated is not second.unrated


def test_jobs_are_equal_by_value_and_cannot_be_changed() -> None:
    job = Job("main", 0, "s1", Path("jobs"))
    assert job == Job("main", 0, "s1", Path("jobs"))
    assert len({job, Job("main", 0, "s1", Path("jobs")), Job("main", 1, "s1", Path("jobs"))}) == 2
    with pytest.raises(FrozenInstanceError):
        job.seed = 1  # type: ignore[misc]
