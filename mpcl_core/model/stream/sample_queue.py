"""Place the chunks of one live signal on its grid of samples, and release them in order.

A sample with the time stamp t belongs to the position (t − start) · rate. Chunks may come late, twice, in another order
or not at all, their stamps may jitter, and the device's rate may be off:

* stamps that are off by less than the tolerance continue the count of samples; where their smoothed deviation reaches
  0.75 samples, one sample is inserted (the mean of its neighbours) or left out;
* a larger step forward leaves a gap, which later chunks may fill until it is given up;
* samples before the first one that has not been released yet are late, and are counted and left out;
* a clock that jumps back for longer than `RESET` seconds, or ahead by more than a day, is set anew.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import exp, isfinite

import numpy as np
from jaxtyping import Float32, Float64

TOLERANCE = 0.02
"""Seconds by which time stamps may be off before they count as a gap."""

LONGEST_GAP = 60.0
"""Seconds of missing samples that are released as NaN; what comes after a longer gap starts anew."""

RESET = 5.0
"""Seconds of late samples after which the clock of a signal counts as set back."""

_DAY = 86_400.0  # seconds
_SMOOTHING = 2.0  # seconds over which the deviation of time stamps is averaged
_SLIP = 0.75  # samples of smoothed deviation at which one is inserted or left out

Segment = tuple[int, Float32[np.ndarray, "c n"]]
"""The position of the first of n samples, and the samples."""


class SampleQueue:
    """Hold the samples of one signal that have not been released yet.

    Args:
        n_chans: c, the number of channels.
        sfreq: the nominal rate in Hz.

    Attributes:
        start: the time of position 0 in seconds; None before the first sample.
        frontier: the position of the next sample to release.
        received: the number of samples that came in time.
        lost: the number of samples that were given up.
        late: the number of samples that came after they were given up, or twice.
        slips: samples inserted (above 0) or left out (below 0) because of the device's rate.
        resets: how often the clock was set anew.
    """

    def __init__(self, n_chans: int, sfreq: float) -> None:
        self.sfreq = sfreq
        self.start: float | None = None
        self.frontier = self.received = self.lost = self.late = self.slips = self.resets = 0
        self._values: Float32[np.ndarray, "c n"] = np.zeros((n_chans, 0), np.float32)
        self._known: np.ndarray = np.zeros(0, bool)
        self._ended: list[Segment] = []
        self._tolerance = max(0.75, TOLERANCE * sfreq)
        self._deviation = self._shift = 0.0
        self._late_run = 0

    @property
    def next(self) -> int:
        """Return the position after the last sample that has come."""
        return self.frontier + len(self._known)

    @property
    def newest(self) -> float:
        """Return the time at which the last sample that has come ends, in seconds; −inf before the first."""
        return -np.inf if self.start is None else self.start + self.next / self.sfreq

    def add(self, values: Float32[np.ndarray, "c n"], times: Float64[np.ndarray, "n"], now: float) -> None:
        """Take a chunk in.

        Args:
            values: (c, n) samples.
            times: (n,) their time stamps in seconds.
            now: the time of the newest sample of any signal; −inf before the first.
        """
        usable = np.isfinite(times)
        if not usable.all():
            values, times = values[:, usable], times[usable]
        if not len(times):
            return
        if self.start is None:
            self.start = float(times[0])
        for first, stop in self._stretches(times):
            self._place(values[:, first:stop], times[first:stop] + self._shift, now)

    def release(self, before: float) -> list[Segment]:
        """Return the samples that no missing one precedes, and give up those that are missing since long.

        Args:
            before: the time in seconds before which missing samples are given up, as NaN.

        Returns:
            Segments in order; one that does not continue the one before starts anew.
        """
        segments, self._ended = self._ended, []
        given_up = 0
        if self.start is not None and isfinite(before):
            given_up = min(max(int((before - self.start) * self.sfreq) - self.frontier, 0), len(self._known))
        elif before > 0:
            given_up = len(self._known)
        missing = np.flatnonzero(~self._known[given_up:])
        n = given_up + (int(missing[0]) if len(missing) else len(self._known) - given_up)
        if n:
            segments.append(self._take(n))
        return segments

    def _stretches(self, times: Float64[np.ndarray, "n"]) -> Iterator[tuple[int, int]]:
        """Yield the parts of a chunk between its gaps.

        Yields:
            The first sample of a part, and the one after its last.
        """
        steps = np.diff(times) * self.sfreq - 1
        edges = [0, *(np.flatnonzero(np.abs(steps) > self._tolerance) + 1).tolist(), len(times)]
        yield from pairwise(edges)

    def _place(self, values: Float32[np.ndarray, "c n"], times: Float64[np.ndarray, "n"], now: float) -> None:
        assert self.start is not None
        n = len(times)
        exact = float(np.median((times - self.start) * self.sfreq - np.arange(n)))
        if exact - self.next > _DAY * self.sfreq or self._is_set_back(exact, n):
            shift = max(now, self.newest) - float(times[0])
            self._shift, self.resets = self._shift + shift, self.resets + 1
            exact += shift * self.sfreq
        ahead = exact - self.next
        if abs(ahead) <= self._tolerance:
            values = self._followed(values, ahead)
            self._append(values)
            return
        self._deviation = 0.0
        position = round(exact)
        if position > self.next:
            self._leave_gap(position)
            self._append(values)
        else:
            self._fill(values, position)

    def _is_set_back(self, exact: float, n: int) -> bool:
        """Count the samples that come late one after the other.

        Returns:
            Whether the clock counts as set back.
        """
        self._late_run = self._late_run + n if exact + n <= self.frontier else 0
        if self._late_run <= RESET * self.sfreq:
            return False
        self._late_run = 0
        return True

    def _followed(self, values: Float32[np.ndarray, "c n"], ahead: float) -> Float32[np.ndarray, "c m"]:
        """Return a chunk that follows the last one, with a sample more or less where the device's rate is off.

        Returns:
            (c, m) samples.
        """
        n = values.shape[1]
        self._deviation += (1 - exp(-n / (self.sfreq * _SMOOTHING))) * (ahead - self._deviation)
        if abs(self._deviation) < _SLIP or n < 2:
            return values
        slip = 1 if self._deviation > 0 else -1
        self._deviation -= slip
        self.slips += slip
        if slip < 0:
            return values[:, 1:]
        return np.concatenate([values[:, :1], values[:, :2].mean(1, keepdims=True), values[:, 1:]], axis=1)

    def _append(self, values: Float32[np.ndarray, "c n"]) -> None:
        self.received += values.shape[1]
        self._values = np.concatenate([self._values, values], axis=1)
        self._known = np.concatenate([self._known, np.ones(values.shape[1], bool)])

    def _leave_gap(self, position: int) -> None:
        n = position - self.next
        if n > LONGEST_GAP * self.sfreq:
            if len(self._known):
                self._ended.append(self._take(len(self._known)))
            self.lost += n
            self.frontier = position
            return
        self._values = np.pad(self._values, ((0, 0), (0, n)), constant_values=np.nan)
        self._known = np.pad(self._known, (0, n))

    def _fill(self, values: Float32[np.ndarray, "c n"], position: int) -> None:
        """Write samples into the gap that they belong to, and append those that reach beyond it."""
        n, size = values.shape[1], len(self._known)
        skipped = max(self.frontier - position, 0)
        first = max(position - self.frontier, 0)
        inside = max(min(n - skipped, size - first), 0)
        place = slice(first, first + inside)
        is_new = ~self._known[place]
        self._values[:, place][:, is_new] = values[:, skipped : skipped + inside][:, is_new]
        self._known[place] = True
        self.received += int(is_new.sum())
        beyond = values[:, skipped + inside :] if skipped < n else values[:, n:]
        self.late += n - int(is_new.sum()) - beyond.shape[1]
        self._append(beyond)

    def _take(self, n: int) -> Segment:
        segment = self.frontier, self._values[:, :n]
        self.lost += int((~self._known[:n]).sum())
        self._values, self._known = self._values[:, n:], self._known[n:]
        self.frontier += n
        return segment
