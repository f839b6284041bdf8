"""Turn the chunks of one live modality into filtered samples on its grid."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.interfaces.components import RecordingTransform
from mpcl_core.interfaces.data import Modality, Signal
from mpcl_core.model.stream.sample_queue import SampleQueue, Segment
from mpcl_core.model.stream.sample_ring import SampleRing

_CLOSE = 0.5 + 1e-6  # samples by which the samples of a window may be off its start, as in the transform `window`


class Track:
    """Hold one live modality: its chunks, the state of its filters, and its newest filtered samples.

    Args:
        modality: as it comes.
        filtered: the same modality after the filters.
        filters: the causal transforms, in order.
        seconds: how long filtered samples are needed.
    """

    def __init__(
        self, modality: Modality, filtered: Modality, filters: Sequence[RecordingTransform], seconds: float
    ) -> None:
        self.name, self.filters = modality.name, filters
        assert modality.sfreq is not None
        assert filtered.sfreq is not None
        self.sfreq, self.filtered = filtered.sfreq, filtered
        self.queue = SampleQueue(modality.n_chans, modality.sfreq)
        self.ring = SampleRing(filtered.n_chans, ceil(seconds * filtered.sfreq) + 1)
        self.start: float | None = None
        self._states: list[Any] = [None] * len(filters)
        self._next: int | None = None
        self._is_new = True

    @property
    def newest(self) -> float:
        """Return the time at which the last sample that has come ends, in seconds; −inf before the first."""
        return self.queue.newest

    def add(self, values: Float32[np.ndarray, "c n"], times: Float64[np.ndarray, "n"], now: float) -> None:
        """Take a chunk in.

        Args:
            values: (c, n) samples.
            times: (n,) their time stamps in seconds.
            now: the time of the newest sample of any modality.
        """
        self.queue.add(values, times, now)

    def advance(self, before: float) -> None:
        """Filter the samples that can be released.

        Args:
            before: the time before which missing samples are given up.
        """
        for segment in self.queue.release(before):
            self._filter(segment)

    def cut(self, begin: float, n_times: int, is_last: bool = False) -> Float32[np.ndarray, "c t"] | None:
        """Return the samples of a window.

        Args:
            begin: when the window begins, in seconds.
            n_times: t, the number of its samples.
            is_last: no more samples will come; a window that lacks one for the rounding of its start is moved by it.

        Returns:
            (c, t) samples, NaN where they are missing; None where the last ones have not come yet.
        """
        if self.start is None:
            return None
        exact = (begin - self.start) * self.sfreq
        first = round(exact)
        if is_last:
            possible = min(max(first, 0), self.ring.end - n_times)
            first = possible if abs(possible - exact) <= _CLOSE else first
        return self.ring.read(first, n_times) if is_last or self.ring.end >= first + n_times else None

    def partial(self, begin: float, n_times: int) -> Float32[np.ndarray, "c t"]:
        """Return the samples of a window that have come.

        Args:
            begin: when the window begins, in seconds.
            n_times: t, the number of its samples.

        Returns:
            (c, t) samples, NaN where they are missing.
        """
        if self.start is None:
            return np.full((self.filtered.n_chans, n_times), np.nan, np.float32)
        return self.ring.read(round((begin - self.start) * self.sfreq), n_times)

    def _filter(self, segment: Segment) -> None:
        position, values = segment
        assert self.queue.start is not None
        if position != self._next:
            self._states = [None] * len(self.filters)
            self._is_new = True
        self._next = position + values.shape[1]
        signal = Signal(values, self.queue.sfreq, self.queue.start + position / self.queue.sfreq)
        for number, transform in enumerate(self.filters):
            signal, self._states[number] = transform.transform_chunk(self.name, signal, self._states[number])
        if not signal.values.shape[1]:
            return
        if self.start is None:
            self.start = signal.start
        at = round((signal.start - self.start) * self.sfreq) if self._is_new else self.ring.end
        self._is_new = False
        self.ring.write(max(at, self.ring.end), signal.values)
