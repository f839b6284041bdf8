"""Cut a recording into windows of one length, aligned in time across modalities of different rates.

Window i covers the seconds t_i = t_0 + i · hop to t_i + length, where t_0 is the latest start of the recording's
signals (the earliest, with edges ``absent``). A modality of f Hz that starts at s contributes the round(length · f)
samples from round((t_i − s) · f) on, so that no modality is off by more than half a sampling interval.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import floor, isfinite
from typing import Literal

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float32, Float64
from numpy.lib.stride_tricks import sliding_window_view

from mpcl_core.plugin import (
    DataError,
    Modality,
    Positive,
    Recording,
    Signal,
    Valence,
    Windowing,
    WindowSchedule,
    WindowSet,
    concatenate,
    release_samples,
)

MOST = 2**20
"""Windows of one recording; more are a mistake."""

_SAMPLES = 2**23  # of windows in one part, about: 32 MiB
_SLACK = 1e-6  # of a hop: a window is not lost to the rounding of decimal seconds


class Window(Windowing):
    """Cut windows of ``length`` seconds, one every ``hop`` seconds; nothing is ever padded.

    A modality that the recording lacks, or that has a dropout (NaN) in the window, is absent there; a window
    without any modality is left out. A recording shorter than a window gives none.

    Args:
        length: of a window, in seconds.
        hop: from the start of a window to that of the next, in seconds; ``length`` by default.
        edges: what happens at the ends of a recording. ``drop``: windows lie inside all of its signals, and what is
            left behind the last is not used. ``last``: as ``drop``, but one more window, moved back, ends where the
            first signal does. ``absent``: windows run from the earliest start of a signal to the latest end, and a
            modality is absent where it does not cover the window, to half of its sampling interval.

    Raises:
        ValueError: ``length`` or ``hop`` is not a number above 0.

    Example:
        >>> from mpcl_core.plugin import Modality
        >>> Window(length=2.0).outputs((Modality("gsr", n_chans=1, sfreq=4.0),))[0].n_times
        8
    """

    name = "window"

    def __init__(
        self, *, length: Positive, hop: Positive | None = None, edges: Literal["drop", "last", "absent"] = "drop"
    ) -> None:
        self.length, self.hop, self.edges = length, length if hop is None else hop, edges
        for key, value in (("length", self.length), ("hop", self.hop)):
            if not (isfinite(value) and value > 0):
                raise ValueError(f"{key} is {value} s, but must be above 0")

    @property
    def schedule(self) -> WindowSchedule:
        return WindowSchedule(self.length, self.hop, is_partial=self.edges == "absent")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities with the number of samples of a window.

        Args:
            modalities: the modalities of the study.

        Returns:
            The modalities after the transform.

        Raises:
            DataError: a modality has no rate, or a window is too short for a sample of it.
        """
        return tuple(replace(modality, n_times=self._n_times(modality)) for modality in modalities)

    def _n_times(self, modality: Modality) -> int:
        if modality.sfreq is None:
            raise DataError("has no sampling rate, so no windows can be cut from it", field=modality.name)
        n_times = round(self.length * modality.sfreq)
        if n_times < 1:
            raise DataError(
                f"a window of {self.length:g} s holds no sample at {modality.sfreq:g} Hz", field=modality.name
            )
        return n_times

    def transform(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> WindowSet:
        """Return the recording's windows, each with the recording's weight divided by their number.

        Args:
            recording: the recording.
            modalities: the modalities of the study.
            labels: the k emotions.
            valence: which emotions are positive and negative, where that is known.

        Returns:
            W windows, possibly none.

        Raises:
            DataError: a signal has another rate or number of channels than its modality states, or there would be more
                than 2**20 windows.
        """
        n, parts = self.transform_in_parts(recording, modalities, labels, valence)
        found = list(parts)
        if found:
            return found[0] if len(found) == 1 else concatenate(found)
        return self._windows(recording, self.outputs(modalities), labels, valence, np.zeros(0), 0, n)

    def transform_in_parts(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> tuple[int, Iterator[WindowSet]]:
        modalities = self.outputs(modalities)
        signals = [_signal(recording, m) for m in modalities if m.name in recording.signals]
        start = self._starts(signals)
        step = max(_SAMPLES // max(sum(m.n_chans * (m.n_times or 0) for m in modalities), 1), 1)
        blocks = range(0, len(start), step)
        if len(blocks) <= 1:
            windows = self._windows(recording, modalities, labels, valence, start, 0, None)
            return len(windows), iter([windows] if len(windows) else [])

        def cut(first: int, n: int | None) -> WindowSet:
            part = start[first : first + step]
            windows = self._windows(recording, modalities, labels, valence, part, first, n)
            for signal in signals:
                release_samples(signal.values)
            return windows

        n = sum(len(cut(first, None)) for first in blocks)
        return n, (windows for first in blocks if len(windows := cut(first, n)))

    def _windows(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
        start: Float64[np.ndarray, "W"],
        first: int,
        n_windows: int | None,
    ) -> WindowSet:
        """Return some windows of a recording.

        Args:
            recording, modalities, labels, valence: as in `transform`, with the modalities of windows.
            start: (W,) when the windows begin, in seconds.
            first: the number of the first of them.
            n_windows: the number of all windows of the recording; None for those that are returned.

        Returns:
            The windows that have any modality.
        """
        signals = {m.name: _signal(recording, m) for m in modalities if m.name in recording.signals}
        cut = {m.name: self._cut(signals.get(m.name), start, m) for m in modalities}
        window = np.flatnonzero(np.any([present for _, present in cut.values()], axis=0))
        n = len(window)
        return WindowSet(
            modalities,
            {name: X[window] for name, (X, _) in cut.items()},
            {name: present[window] for name, (_, present) in cut.items()},
            np.tile(recording.D, (n, 1)),
            labels,
            weight=np.full(n, recording.weight / max(n if n_windows is None else n_windows, 1)),
            subject=np.full(n, recording.subject),
            session=np.full(n, recording.session),
            trial=np.full(n, recording.trial),
            condition=np.full(n, recording.condition),
            stimulus=np.full(n, recording.stimulus),
            window=first + window,
            t_start=start[window],
            t_stop=start[window] + self.length,
            valence=valence,
        )

    def _starts(self, signals: Sequence[Signal]) -> Float64[np.ndarray, "W"]:
        if not signals:
            return np.zeros(0)
        begins = [signal.start for signal in signals]
        ends = [signal.start + signal.values.shape[1] / signal.sfreq for signal in signals]
        begin, end = (min(begins), max(ends)) if self.edges == "absent" else (max(begins), min(ends))
        hops = (end - begin - self.length) / self.hop
        if hops > MOST:
            raise DataError(f"a hop of {self.hop:g} s makes {hops:.3g} windows of one recording of {end - begin:.0f} s")
        start = begin + self.hop * np.arange(max(floor(hops + _SLACK) + 1, 0))
        left = self.edges == "last" and hops - len(start) + 1 > _SLACK
        return np.append(start, end - self.length) if left and len(start) else start

    def _cut(
        self, signal: Signal | None, start: Float64[np.ndarray, "W"], modality: Modality
    ) -> tuple[Float32[np.ndarray, "W c t"], Bool[np.ndarray, "W"]]:
        """Return the modality's windows, absent where they are off by more than half a sample.

        Returns:
            (W, c, t) samples, and (W,) where the modality is present.
        """
        n_times = modality.n_times or 0
        if signal is None or not len(start) or signal.values.shape[1] < n_times:
            return np.zeros((len(start), modality.n_chans, n_times), np.float32), np.zeros(len(start), bool)
        every = rearrange(sliding_window_view(signal.values, n_times, axis=1), "c w t -> w c t")
        exact = (start - signal.start) * signal.sfreq
        first = np.rint(exact).astype(np.int64).clip(0, len(every) - 1)
        X = np.ascontiguousarray(every[first])
        covered = np.abs(first - exact) <= 0.5 + _SLACK * (1 + self.hop * signal.sfreq)
        present = covered & ~np.isnan(X).any(axis=(1, 2))
        X[~present] = 0
        return X, present


def _signal(recording: Recording, modality: Modality) -> Signal:
    signal = recording.signals[modality.name]
    for what, found, expected in (
        ("Hz", signal.sfreq, modality.sfreq),
        ("channels", len(signal.values), modality.n_chans),
    ):
        if found != expected:
            raise DataError(
                f"{found} {what} in trial '{recording.trial}' of subject '{recording.subject}', "
                f"but {expected} were declared",
                field=modality.name,
            )
    return signal
