"""Which rows cover the same time of the same recording.

Times run within a recording, so those of two trials are compared only where the study shows one clock for both: the
trials of a subject and session follow each other on it. Where every trial starts anew, each is a recording.
"""

from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Int64

from mpcl_core.audit.window_groups import groups
from mpcl_core.interfaces.data import WindowSet

_TOUCH = 1e-6
"""Seconds that two windows may share: they only touch."""


class Clock:
    """The times of a study's rows. Rows without times, or of unknown subject and trial, overlap nothing.

    Args:
        windows: the rows.
    """

    def __init__(self, windows: WindowSet) -> None:
        self.start, self.stop = windows.t_start, windows.t_stop
        timed = np.isfinite(self.start) & np.isfinite(self.stop)
        named = (windows.subject != "") | (windows.trial != "")
        self.recording = np.where(timed & named, self._recordings(windows, timed), -1)

    def overlap(self, test: Int64[np.ndarray, "t"], fitting: Int64[np.ndarray, "_"]) -> Bool[np.ndarray, "t"]:
        """Which test rows share time with a fitting row."""
        found = np.zeros(len(test), dtype=bool)
        for recording in np.intersect1d(self.recording[test], self.recording[fitting]):
            if recording >= 0:
                mine = self.recording[test] == recording
                others = fitting[self.recording[fitting] == recording]
                found[mine] = self._meet(test[mine], others)
        return found

    def _meet(self, test: Int64[np.ndarray, "t"], fitting: Int64[np.ndarray, "_"]) -> Bool[np.ndarray, "t"]:
        ordered = fitting[np.argsort(self.start[fitting])]
        before = np.searchsorted(self.start[ordered], self.stop[test] - _TOUCH)
        latest = np.concatenate([[-np.inf], np.maximum.accumulate(self.stop[ordered])])
        meets: Bool[np.ndarray, t] = latest[before] > self.start[test] + _TOUCH
        return meets

    def _recordings(self, windows: WindowSet, timed: Bool[np.ndarray, "N"]) -> Int64[np.ndarray, "N"]:
        trial, session = groups(windows, "subject", "session", "trial"), groups(windows, "subject", "session")
        number: Int64[np.ndarray, N] = trial + session.max() + 1
        for one in np.unique(session[timed]):
            rows = np.flatnonzero((session == one) & timed)
            if self._is_one_clock(trial[rows], rows):
                number[session == one] = one
        return number

    def _is_one_clock(self, trial: Int64[np.ndarray, "R"], rows: Int64[np.ndarray, "R"]) -> bool:
        """Whether each trial begins after the middle of the one before it."""
        spans = sorted(
            (self.start[rows[trial == t]].min(), self.stop[rows[trial == t]].max()) for t in np.unique(trial)
        )
        return all(later >= (start + stop) / 2 for (start, stop), (later, _) in pairwise(spans))
