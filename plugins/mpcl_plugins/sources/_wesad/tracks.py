"""Define the signals of WESAD: their names, where they are stored, and how a condition is cut out of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf
from typing import Literal

import numpy as np
from jaxtyping import Float

from mpcl_core.plugin import Modality, Signal

CHEST = 700.0
"""Hz of everything that the chest device records, and of the labels."""
_SLACK = 1e-6  # of a sample: none is lost to the rounding of decimal seconds


@dataclass(frozen=True)
class Channel:
    """Describe where a modality is stored.

    Args:
        modality: the modality.
        device: ``wrist`` and ``chest`` are in ``SX.pkl``; ``wrist`` and ``e4`` (what the watch itself computes) are
            among the E4 files.
        stored: its name there.
        scale: what the stored numbers are divided by.
        low: the lowest value that the sensor can measure; one below is a fault of it, and NaN.
        high: the highest, likewise.
    """

    modality: Modality
    device: Literal["wrist", "chest", "e4"]
    stored: str
    scale: float = 1.0
    low: float = -inf
    high: float = inf


@dataclass(frozen=True)
class Track:
    """Hold one signal of a whole session.

    Args:
        values: (c, T).
        sfreq: sampling rate in Hz.
        start: seconds on the session's clock at the first sample.
    """

    values: Float[np.ndarray, "c T"]
    sfreq: float
    start: float

    def cut(self, begin: float, end: float) -> Signal | None:
        """Return the samples from ``begin`` to before ``end``, or None where there is none.

        Args:
            begin: seconds on the session's clock.
            end: likewise.

        Returns:
            The signal, its start relative to ``begin``.
        """
        first, stop = (ceil((edge - self.start) * self.sfreq - _SLACK) for edge in (begin, end))
        first = max(first, 0)
        part = self.values[:, first : max(stop, first)]
        if not part.shape[1]:
            return None
        return Signal(part.astype(np.float32), self.sfreq, self.start + first / self.sfreq - begin)


def make_track(stored: Float[np.ndarray, "T c"], channel: Channel, start: float) -> Track:
    """Return the signal of a session: scaled, with NaN for what cannot have been measured.

    Args:
        stored: (T, c) the numbers of the file.
        channel: what they mean.
        start: seconds on the session's clock at the first sample.

    Returns:
        The signal.
    """
    sfreq = channel.modality.sfreq
    values = stored.T / channel.scale
    sound = np.isfinite(values) & (values >= channel.low) & (values <= channel.high)
    return Track(np.where(sound, values, np.nan), sfreq or CHEST, start)


def cut_tracks(tracks: dict[str, Track], begin: float, end: float) -> dict[str, Signal]:
    """Return the part of every signal from ``begin`` to ``end``; one without samples is left out.

    Args:
        tracks: modality name -> signal of the session.
        begin: seconds on the session's clock.
        end: likewise.

    Returns:
        Modality name -> signal.
    """
    found = {name: one.cut(begin, end) for name, one in tracks.items()}
    return {name: signal for name, signal in found.items() if signal is not None}


def _named(channels: Iterable[Channel]) -> dict[str, Channel]:
    return {channel.modality.name: channel for channel in channels}


def _chest(name: str, stored: str, unit: str, n_chans: int = 1) -> Channel:
    return Channel(Modality(f"chest_{name}", n_chans, sfreq=CHEST, unit=unit), "chest", stored)


CHANNELS = _named(
    [
        Channel(Modality("ppg", 1, sfreq=64.0), "wrist", "BVP"),
        Channel(Modality("gsr", 1, sfreq=4.0, unit="uS"), "wrist", "EDA"),
        Channel(Modality("temperature", 1, sfreq=4.0, unit="degC"), "wrist", "TEMP", low=-40.0, high=115.0),
        Channel(Modality("acceleration", 3, sfreq=32.0, ch_names=("x", "y", "z"), unit="g"), "wrist", "ACC", 64.0),
        Channel(Modality("heart_rate", 1, sfreq=1.0, unit="bpm"), "e4", "HR"),
        _chest("ecg", "ECG", "mV"),
        _chest("emg", "EMG", "mV"),
        _chest("gsr", "EDA", "uS"),
        _chest("respiration", "Resp", "%"),
        _chest("temperature", "Temp", "degC"),
        _chest("acceleration", "ACC", "g", n_chans=3),
    ]
)
"""Modality name -> where it is stored."""
