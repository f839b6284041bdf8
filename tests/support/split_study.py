"""Studies for the tests of the protocols, and what every fold must keep."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.parameter_types import NAME_PATTERN

RowKey = tuple[str, str, int]
"""Subject, trial, window: names a row whatever its place."""


class Trial(NamedTuple):
    """Some windows of one trial."""

    subject: str
    trial: str
    windows: int = 4
    condition: str = ""
    stimulus: str = ""


def study(trials: Iterable[Trial], split: Iterable[str] | None = None) -> WindowSet:
    """A row for every window of the trials, in their order."""
    rows = [(one, window) for one in trials for window in range(one.windows)]
    n = len(rows)
    windows = WindowSet(
        (),
        {},
        {},
        np.full((n, 2), 0.5),
        ("calm", "tense"),
        subject=np.array([one.subject for one, _ in rows], dtype=str),
        trial=np.array([one.trial for one, _ in rows], dtype=str),
        condition=np.array([one.condition for one, _ in rows], dtype=str),
        stimulus=np.array([one.stimulus for one, _ in rows], dtype=str),
        window=np.array([window for _, window in rows], dtype=np.int64),
        t_start=np.array([2.0 * window for _, window in rows]),
    )
    return windows if split is None else replace(windows, split=np.array(list(split), dtype=str))


def grid(subjects: int, trials: int, windows: int = 4) -> WindowSet:
    """Subjects S1, S2 … with trials t1, t2 … of alternating conditions a and b."""
    return study(
        Trial(f"S{s}", f"t{t}", windows, "ab"[t % 2]) for s in range(1, subjects + 1) for t in range(1, trials + 1)
    )


def table(subjects: int, rows: int) -> WindowSet:
    """A feature table: rows of known subjects without trials."""
    return study(Trial(f"S{s}", "", rows) for s in range(1, subjects + 1))


def keys(windows: WindowSet, rows: np.ndarray) -> set[RowKey]:
    """The rows by name."""
    columns = (windows.subject[rows].tolist(), windows.trial[rows].tolist(), windows.window[rows].tolist())
    return set(zip(*columns, strict=True))


def sides(fold: Fold) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return fold.train, fold.validation, fold.test


def checked(protocol: Protocol, windows: WindowSet) -> list[Fold]:
    """The folds, after each was found to be what every fold must be."""
    folds = list(protocol.split(windows))
    labels = [fold.label for fold in folds]
    assert len({label.casefold() for label in labels}) == len(labels)
    for fold in folds:
        assert NAME_PATTERN.match(fold.label), fold.label
        joint = np.concatenate(sides(fold))
        assert len(np.unique(joint)) == len(joint), "a row is on two sides"
        assert joint.min() >= 0
        assert joint.max() < len(windows)
        for rows in sides(fold):
            assert rows.dtype == np.int64
            assert len(rows)
            assert (np.diff(rows) > 0).all(), "rows are sorted"
    return folds


def all_tested_once(folds: list[Fold], windows: WindowSet) -> None:
    """Every row is a test row of exactly one fold, and each fold uses all rows."""
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.test for fold in folds])), np.arange(len(windows)))
    for fold in folds:
        assert sum(map(len, sides(fold))) == len(windows)
