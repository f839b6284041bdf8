"""Finds the rows that a split file names, and holds it to account: every row once, and no name without a row."""

from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.plugin import DataError, WindowSet
from mpcl_plugins.protocols._named_fold import Entry, NamedFold


class NamedRows:
    """The rows of a study by subject, trial and window.

    Args:
        windows: the rows.
        by_row: a row's window is its number in the study, for rows that their names do not tell apart.
        path: the split file, for errors.
    """

    def __init__(self, windows: WindowSet, by_row: bool, path: Path | None) -> None:
        self.number = np.arange(len(windows)) if by_row else windows.window
        self.subject, self.trial, self.path = windows.subject.tolist(), windows.trial.tolist(), path
        self._rows: dict[tuple[str, str | None], list[int]] = {}
        for row, (subject, trial) in enumerate(zip(self.subject, self.trial, strict=True)):
            self._rows.setdefault((subject, None), []).append(row)
            self._rows.setdefault((subject, trial), []).append(row)

    def sides(self, fold: NamedFold) -> Shaped[np.ndarray, "N"]:
        """The side of each row.

        Raises:
            DataError: an entry names no row, or one that another entry has named; or a row is not named.
        """
        side = np.zeros(len(self.number), dtype="U10")
        for entry in fold.entries:
            rows = self._find(entry)
            if side[rows].any():
                row = rows[int(np.argmax(side[rows] != ""))]
                raise DataError(f"{self._name(row)} is named twice", self.path, fold.label, row)
            side[rows] = entry.side
        if not side.all():
            row = int(np.argmin(side != ""))
            message = f"does not name {np.sum(side == '')} of {len(side)} rows, the first of them {self._name(row)}"
            raise DataError(f"{message}; 'unused' leaves rows out", self.path, fold.label, row)
        return side

    def _find(self, entry: Entry) -> list[int]:
        rows = self._rows.get((entry.subject, entry.trial), [])
        if not rows:
            raise DataError(f"{entry}: there is no such row", self.path)
        if entry.windows is None:
            return rows
        return self._within(entry, np.array(rows), *entry.windows)

    def _within(self, entry: Entry, rows: Int64[np.ndarray, "R"], first: int, last: int) -> list[int]:
        number = self.number[rows]
        found = rows[(number >= first) & (number <= last)]
        distinct = np.unique(self.number[found])
        if len(distinct) != last - first + 1:
            raise DataError(f"{entry}: the study has {len(distinct)} of these {last - first + 1} windows", self.path)
        if len(found) != len(distinct):
            raise DataError(f"{entry}: {len(found)} rows have that name; name whole trials or subjects", self.path)
        return [int(row) for row in found]

    def _name(self, row: int) -> str:
        return str(Entry(self.subject[row], self.trial[row], (int(self.number[row]),) * 2, ""))
