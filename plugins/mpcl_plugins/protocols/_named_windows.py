"""Find the windows that a split file names; every window must be named once, and every name must have a window."""

from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.plugin import DataError, WindowSet
from mpcl_plugins.protocols._named_fold import NamedFold, SplitEntry


class NamedWindows:
    """Find windows of a study by subject, trial and number.

    Args:
        windows: the windows of the study.
        by_row: whether a window is numbered within the study, where names do not distinguish all windows.
        path: the split file, for errors.
    """

    def __init__(self, windows: WindowSet, by_row: bool, path: Path | None) -> None:
        self.number = np.arange(len(windows)) if by_row else windows.window
        self.subject, self.trial, self.path = windows.subject.tolist(), windows.trial.tolist(), path
        self._windows: dict[tuple[str, str | None], list[int]] = {}
        for row, (subject, trial) in enumerate(zip(self.subject, self.trial, strict=True)):
            self._windows.setdefault((subject, None), []).append(row)
            self._windows.setdefault((subject, trial), []).append(row)

    def sides(self, fold: NamedFold) -> Shaped[np.ndarray, "N"]:
        """Return the side of each window.

        Args:
            fold: the fold.

        Returns:
            (N,) names of sides.

        Raises:
            DataError: an entry names no window, or one that another entry names; or a window is not named.
        """
        side = np.zeros(len(self.number), dtype="U10")
        for entry in fold.entries:
            found = self._find(entry)
            if side[found].any():
                row = found[int(np.argmax(side[found] != ""))]
                raise DataError(f"{self._name(row)} is named twice", self.path, fold.label)
            side[found] = entry.side
        if not side.all():
            row = int(np.argmin(side != ""))
            message = f"does not name {np.sum(side == '')} of {len(side)} windows, the first of them {self._name(row)}"
            raise DataError(f"{message}; mark windows 'unused' to leave them out", self.path, fold.label)
        return side

    def _find(self, entry: SplitEntry) -> list[int]:
        found = self._windows.get((entry.subject, entry.trial), [])
        if not found:
            raise DataError(f"{entry}: there is no such window", self.path)
        if entry.windows is None:
            return found
        return self._within(entry, np.array(found), *entry.windows)

    def _within(self, entry: SplitEntry, candidates: Int64[np.ndarray, "R"], first: int, last: int) -> list[int]:
        number = self.number[candidates]
        found = candidates[(number >= first) & (number <= last)]
        distinct = np.unique(self.number[found])
        if len(distinct) != last - first + 1:
            raise DataError(f"{entry}: the study has {len(distinct)} of these {last - first + 1} windows", self.path)
        if len(found) != len(distinct):
            raise DataError(f"{entry}: {len(found)} windows have that name; name whole trials or subjects", self.path)
        return [int(index) for index in found]

    def _name(self, row: int) -> str:
        return str(SplitEntry(self.subject[row], self.trial[row], (int(self.number[row]),) * 2, ""))
