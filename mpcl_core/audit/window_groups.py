"""Rows as an audit sees them: their groups and names, fewer of them, and marks by which they are known again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int64

from mpcl_core.audit.finding import EXAMPLES
from mpcl_core.interfaces.data import Fold, WindowSet

MARK = 2.0**-16
"""The weight of marked row i is 1 + i · MARK: exact in float32, near 1, and it goes wherever the row goes."""


def fitting(fold: Fold) -> Int64[np.ndarray, "_"]:
    """The rows that the fold learns from, without those that are test rows too."""
    rows = np.concatenate([fold.train, fold.validation])
    return rows[~np.isin(rows, fold.test)]


def groups(windows: WindowSet, *columns: str) -> Int64[np.ndarray, "N"]:
    """A number for each row, the same where the columns are."""
    number = np.zeros(len(windows), dtype=np.int64)
    for column in columns:
        names, inverse = np.unique(getattr(windows, column), return_inverse=True)
        number = np.unique(number * len(names) + inverse, return_inverse=True)[1]
    return number


def spread(rows: Int64[np.ndarray, "_"], most: int) -> Int64[np.ndarray, "_"]:
    """At most so many of the rows, evenly spread over their order."""
    if len(rows) <= most:
        return rows
    return rows[np.unique(np.linspace(0, len(rows) - 1, most).round().astype(np.int64))]


def describe(windows: WindowSet, row: int) -> str:
    """The row in words: ``row 12 (subject s01, trial t03, window 4)``."""
    named = [f"{name} {text}" for name in ("subject", "session", "trial") if (text := str(getattr(windows, name)[row]))]
    return f"row {row} ({', '.join([*named, f'window {windows.window[row]}'])})"


def examples(windows: WindowSet, rows: Int64[np.ndarray, "_"]) -> tuple[str, ...]:
    """The first of these rows in words."""
    return tuple(describe(windows, row) for row in rows[:EXAMPLES].tolist())


@dataclass(frozen=True)
class Kept:
    """Rows of a study that jobs are tried with. Each has a mark, its weight, by which it is known wherever it goes.

    Args:
        windows: the study's rows.
        rows: those that are kept, sorted.
    """

    windows: WindowSet
    rows: Int64[np.ndarray, "R"]

    def part(self, fold: Fold) -> tuple[WindowSet, Fold]:
        """What is kept of a fold: training, validation and test rows, one after the other."""
        sides = [side[np.isin(side, self.rows)] for side in (fold.train, fold.validation, fold.test)]
        order = np.concatenate(sides)
        weight = 1.0 + np.searchsorted(self.rows, order) * MARK
        train, validation, test = np.split(np.arange(len(order)), np.cumsum([len(side) for side in sides])[:2])
        return replace(self.windows.take(order), weight=weight), Fold(train, validation, test, fold.label)

    def known(self, marks: Int64[np.ndarray, "_"]) -> Int64[np.ndarray, "_"]:
        """The study's rows that have these marks, each once, without those of rows that lost theirs."""
        rows: Int64[np.ndarray, _] = self.rows[np.unique(marks[(marks >= 0) & (marks < len(self.rows))])]
        return rows


def kept(windows: WindowSet, folds: Sequence[Fold], most: int) -> Kept:
    """About ``most`` rows of these folds, evenly spread, with up to a tenth as many from each side of each."""
    sides = [np.sort(side) for fold in folds for side in (fold.train, fold.validation, fold.test)]
    chosen = [spread(np.unique(np.concatenate(sides)), most), *(spread(side, most // 10) for side in sides)]
    return Kept(windows, np.unique(np.concatenate(chosen)))


def unmarked(weight: Float[np.ndarray, "R"]) -> Int64[np.ndarray, "_"]:
    """The marks that these weights are. Weight 0 is no row; one that is no mark is -1."""
    place = (weight[weight != 0].astype(np.float64) - 1.0) / MARK
    near = np.rint(place)
    known: Bool[np.ndarray, _] = (np.abs(place - near) < 1e-3) & (near >= 0) & (near < 1 / MARK)
    return np.where(known, near, -1).astype(np.int64)
