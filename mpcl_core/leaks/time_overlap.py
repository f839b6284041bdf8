"""Find windows that cover the same time of the same recording.

Times run within a recording, so the times of two trials are compared only where the study shows one clock for both:
the trials of a subject and session follow each other on it. Where every trial starts at 0, each is a recording.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Int64

from mpcl_core.interfaces.data import RecordingOverlap, WindowSet
from mpcl_core.leaks.window_groups import group_ids

_TOLERANCE = 1e-6
"""Seconds that two windows may share where one begins as the other ends."""


class RecordingTimes:
    """Compare the times of a study's windows.

    Windows without times, or of unknown subject and trial, overlap nothing.

    Args:
        windows: N windows; their times are in seconds.
    """

    def __init__(self, windows: WindowSet) -> None:
        self.start, self.stop = windows.t_start, windows.t_stop
        self.subject, self.trial = windows.subject, windows.trial
        self.has_times = has_times = np.isfinite(self.start) & np.isfinite(self.stop)
        has_name = (windows.subject != "") | (windows.trial != "")
        self.recording = np.where(has_times & has_name, self._number_recordings(windows, has_times), -1)

    def find_overlaps(self, test: Int64[np.ndarray, "t"], fitting: Int64[np.ndarray, "_"]) -> Bool[np.ndarray, "t"]:
        """Find the test windows that share time with a fitting window.

        Args:
            test: indices of t test windows.
            fitting: indices of the fitting windows.

        Returns:
            Whether each test window overlaps (t).
        """
        overlaps = np.zeros(len(test), dtype=bool)
        for recording in np.intersect1d(self.recording[test], self.recording[fitting]):
            if recording >= 0:
                inside = self.recording[test] == recording
                others = fitting[self.recording[fitting] == recording]
                overlaps[inside] = self._overlaps_any(test[inside], others)
        return overlaps

    def find_declared_overlaps(
        self, test: Int64[np.ndarray, "t"], fitting: Int64[np.ndarray, "_"], overlaps: Iterable[RecordingOverlap]
    ) -> Bool[np.ndarray, "t"]:
        """Find the test windows that share time with a fitting window of another recording, by the source.

        Args:
            test: indices of t test windows.
            fitting: indices of the fitting windows.
            overlaps: the pairs of recordings that share time.

        Returns:
            Whether each test window overlaps (t).
        """
        is_found = np.zeros(len(test), dtype=bool)
        tested, fitted = self._positions(test), self._positions(fitting)
        for overlap in overlaps:
            for one, other, offset in (
                (overlap.first, overlap.second, overlap.offset),
                (overlap.second, overlap.first, -overlap.offset),
            ):
                if one in tested and other in fitted:
                    places = tested[one]
                    is_found[places] |= self._overlaps_any(test[places], fitting[fitted[other]], offset)
        return is_found

    def _positions(self, indices: Int64[np.ndarray, "n"]) -> dict[tuple[str, str], Int64[np.ndarray, "_"]]:
        """Return the positions of the windows with times of each subject and trial.

        Args:
            indices: indices of n windows.

        Returns:
            Subject and trial -> positions in ``indices``.
        """
        places: dict[tuple[str, str], list[int]] = {}
        names = zip(self.subject[indices].tolist(), self.trial[indices].tolist(), strict=True)
        for place, name in enumerate(names):
            if self.has_times[indices[place]]:
                places.setdefault(name, []).append(place)
        return {name: np.array(found, np.int64) for name, found in places.items()}

    def _overlaps_any(
        self, test: Int64[np.ndarray, "t"], fitting: Int64[np.ndarray, "_"], offset: float = 0.0
    ) -> Bool[np.ndarray, "t"]:
        """Compare the times of test windows with those of fitting windows.

        Args:
            test: (t,) indices of the test windows.
            fitting: indices of the fitting windows.
            offset: when the clock of the fitting windows begins on that of the test windows, in seconds.

        Returns:
            Whether each test window shares time with a fitting window (t).
        """
        ordered = fitting[np.argsort(self.start[fitting])]
        n_before = np.searchsorted(self.start[ordered] + offset, self.stop[test] - _TOLERANCE)
        latest_stop = np.concatenate([[-np.inf], np.maximum.accumulate(self.stop[ordered] + offset)])
        overlaps: Bool[np.ndarray, t] = latest_stop[n_before] > self.start[test] + _TOLERANCE
        return overlaps

    def _number_recordings(self, windows: WindowSet, has_times: Bool[np.ndarray, "N"]) -> Int64[np.ndarray, "N"]:
        trial, session = group_ids(windows, "subject", "session", "trial"), group_ids(windows, "subject", "session")
        number: Int64[np.ndarray, N] = trial + session.max() + 1
        for one in np.unique(session[has_times]):
            indices = np.flatnonzero((session == one) & has_times)
            if self._has_one_clock(trial[indices], indices):
                number[session == one] = one
        return number

    def _has_one_clock(self, trial: Int64[np.ndarray, "R"], indices: Int64[np.ndarray, "R"]) -> bool:
        """Return whether each trial begins after the middle of the one before it.

        Args:
            trial: the number of the trial of R windows of one session.
            indices: the windows.

        Returns:
            Whether the trials follow each other on one clock.
        """
        spans = sorted(
            (self.start[indices[trial == t]].min(), self.stop[indices[trial == t]].max()) for t in np.unique(trial)
        )
        return all(later >= (start + stop) / 2 for (start, stop), (later, _) in pairwise(spans))
