"""Whose row it is and of which trial, as numbers that do not depend on the order of the rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.plugin import DataError, WindowSet

UNKNOWN = -1
"""The number of a subject or trial that a row does not name."""


@dataclass(frozen=True)
class Keys:
    """The rows of a study as numbers. A draw among sorted numbers is a draw among subjects, trials or rows.

    Args:
        subjects: the distinct subjects in natural order (S2 before S10).
        subject: (N,) index into ``subjects``; -1 where the subject is unknown.
        trial: (N,) number of the (subject, trial), in natural order; -1 where the trial is unknown.
        row: (N,) place of the row when all are sorted by subject, session, trial, window and start; rows
            that are alike in all of these keep their order.
    """

    subjects: tuple[str, ...]
    subject: Int64[np.ndarray, "N"]
    trial: Int64[np.ndarray, "N"]
    row: Int64[np.ndarray, "N"]

    def in_order(self, rows: Int64[np.ndarray, "R"]) -> Int64[np.ndarray, "R"]:
        """These rows sorted by ``row``."""
        return rows[np.argsort(self.row[rows])]

    def others(self, rows: Int64[np.ndarray, "_"]) -> Int64[np.ndarray, "_"]:
        """All rows but these."""
        kept = np.ones(len(self.row), dtype=bool)
        kept[rows] = False
        return np.flatnonzero(kept)

    def by_subject(self) -> Iterator[tuple[str, Int64[np.ndarray, "_"]]]:
        """Each subject and its rows, sorted by ``row``; first, under '', those of unknown subject."""
        names = {UNKNOWN: "", **dict(enumerate(self.subjects))}
        for number in np.unique(self.subject).tolist():
            yield names[number], self.in_order(np.flatnonzero(self.subject == number))


def row_keys(windows: WindowSet) -> Keys:
    """The keys of a study's rows.

    Raises:
        DataError: there are no rows.
    """
    if not len(windows):
        raise DataError("there are no rows to split")
    subjects, subject = _numbered(windows.subject)
    names, name = _numbered(windows.trial)
    _, session = _numbered(windows.session)
    order = np.lexsort((windows.t_start, windows.window, name, session, subject))
    row = np.empty(len(order), dtype=np.int64)
    row[order] = np.arange(len(order))
    trial = np.unique(subject * len(names) + name, return_inverse=True)[1]
    return Keys(
        tuple(subject for subject in subjects if subject),
        np.where(windows.subject == "", UNKNOWN, subject - ("" in subjects)),
        np.where(windows.trial == "", UNKNOWN, trial),
        row,
    )


def require(windows: WindowSet, column: str, protocol: str) -> None:
    """That every row has a value in this column.

    Raises:
        DataError: one has none.
    """
    missing = getattr(windows, column) == ""
    if missing.any():
        raise DataError(
            f"'{protocol}' needs a {column} in every row; {missing.sum()} of {len(windows)} rows have none",
            field=column,
            row=int(np.argmax(missing)),
        )


def natural(name: str) -> tuple[list[str | int], str]:
    """A key by which S2 comes before S10."""
    return [int(part) if i % 2 else part for i, part in enumerate(re.split("([0-9]+)", name))], name


def _numbered(column: Shaped[np.ndarray, "N"]) -> tuple[list[str], Int64[np.ndarray, "N"]]:
    """The distinct values in natural order, and each row's index into them."""
    names, number = np.unique(column, return_inverse=True)
    order = sorted(range(len(names)), key=lambda i: natural(str(names[i])))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return [str(names[i]) for i in order], rank[number]
