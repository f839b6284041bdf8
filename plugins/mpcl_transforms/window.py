"""Cuts a recording into windows of one length, aligned in time across modalities of different rates.

Window i covers the seconds t_i = t_0 + i · hop to t_i + length, where t_0 is the latest start of the recording's
signals. A modality of f Hz that starts at s gives it the round(length · f) samples from round((t_i − s) · f) on,
so that no modality is off by more than half a sampling interval.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import floor, isfinite

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float32, Float64
from numpy.lib.stride_tricks import sliding_window_view

from mpcl_core.interfaces.components import Windowing
from mpcl_core.interfaces.data import Modality, Recording, Signal, Valence, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.values import Positive

_SLACK = 1e-6  # of a hop: a window is not lost to the rounding of decimal seconds


class Window(Windowing):
    """Windows of ``length`` seconds, one every ``hop`` seconds, each wholly inside all present signals.

    A modality that the recording lacks, or that has a dropout (NaN) in the window, is absent there; a window
    without any modality is left out. A recording shorter than a window gives none.

    Args:
        length: of a window, in seconds.
        hop: from the start of a window to that of the next, in seconds; as ``length`` where it is not given.

    Raises:
        ValueError: ``length`` or ``hop`` is not a number above 0.
    """

    name = "window"

    def __init__(self, *, length: Positive, hop: Positive | None = None) -> None:
        self.length, self.hop = length, length if hop is None else hop
        for key, value in (("length", self.length), ("hop", self.hop)):
            if not (isfinite(value) and value > 0):
                raise ValueError(f"{key} is {value} s, but must be above 0")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the samples of a window.

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
        """The recording's windows, each with weight 1 / their number. May have no rows.

        Raises:
            DataError: a signal has another rate or number of channels than its modality says.
        """
        modalities = self.outputs(modalities)
        signals = {m.name: _signal(recording, m) for m in modalities if m.name in recording.signals}
        start = self._starts(list(signals.values()))
        cut = {m.name: _cut(signals.get(m.name), start, m) for m in modalities}
        window = np.flatnonzero(np.any([present for _, present in cut.values()], axis=0))
        n = len(window)
        return WindowSet(
            modalities,
            {name: X[window] for name, (X, _) in cut.items()},
            {name: present[window] for name, (_, present) in cut.items()},
            np.tile(recording.D, (n, 1)),
            labels,
            weight=np.full(n, 1 / max(n, 1)),
            subject=np.full(n, recording.subject),
            session=np.full(n, recording.session),
            trial=np.full(n, recording.trial),
            condition=np.full(n, recording.condition),
            stimulus=np.full(n, recording.stimulus),
            window=window,
            t_start=start[window],
            t_stop=start[window] + self.length,
            valence=valence,
        )

    def _starts(self, signals: Sequence[Signal]) -> Float64[np.ndarray, "W"]:
        if not signals:
            return np.zeros(0)
        begin = max(signal.start for signal in signals)
        end = min(signal.start + signal.values.shape[1] / signal.sfreq for signal in signals)
        count = floor((end - begin - self.length) / self.hop + _SLACK) + 1
        return begin + self.hop * np.arange(max(count, 0))


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


def _cut(
    signal: Signal | None, start: Float64[np.ndarray, "W"], modality: Modality
) -> tuple[Float32[np.ndarray, "W c t"], Bool[np.ndarray, "W"]]:
    """The modality's windows and where they are present. An index past the end is half a sample too late."""
    n_times = modality.n_times or 0
    if signal is None or not len(start):
        return np.zeros((len(start), modality.n_chans, n_times), np.float32), np.zeros(len(start), bool)
    first = np.rint((start - signal.start) * signal.sfreq).astype(np.int64)
    first = np.minimum(first, signal.values.shape[1] - n_times)
    every = rearrange(sliding_window_view(signal.values, n_times, axis=1), "c w t -> w c t")
    X = np.ascontiguousarray(every[first])
    present = ~np.isnan(X).any(axis=(1, 2))
    X[~present] = 0
    return X, present
