"""The signals of WESAD: what they are called, where they are stored, and how a condition is cut out of one."""

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
    """Where a modality is stored.

    Args:
        modality: what it brings.
        device: ``wrist`` and ``chest`` are in ``SX.pkl``; ``wrist`` and ``e4`` (what the watch itself works out) are
            among the E4 files.
        stored: its name there.
        scale: what the stored numbers are divided by.
        low, high: what the sensor can measure; a value beyond is a fault of it, and NaN.
    """

    modality: Modality
    device: Literal["wrist", "chest", "e4"]
    stored: str
    scale: float = 1.0
    low: float = -inf
    high: float = inf


@dataclass(frozen=True)
class Track:
    """One signal of a whole session.

    Args:
        values: (c, T).
        sfreq: sampling rate in Hz.
        start: seconds on the session's clock at the first sample.
    """

    values: Float[np.ndarray, "c T"]
    sfreq: float
    start: float

    def cut(self, begin: float, end: float) -> Signal | None:
        """The samples from ``begin`` to before ``end``, on the session's clock in seconds; None where there is none."""
        first, stop = (ceil((edge - self.start) * self.sfreq - _SLACK) for edge in (begin, end))
        first = max(first, 0)
        part = self.values[:, first : max(stop, first)]
        if not part.shape[1]:
            return None
        return Signal(part.astype(np.float32), self.sfreq, self.start + first / self.sfreq - begin)


def track(stored: Float[np.ndarray, "T c"], channel: Channel, start: float) -> Track:
    """The signal from what a file holds: scaled, with NaN for what cannot have been measured."""
    sfreq = channel.modality.sfreq
    values = stored.T / channel.scale
    sound = np.isfinite(values) & (values >= channel.low) & (values <= channel.high)
    return Track(np.where(sound, values, np.nan), sfreq or CHEST, start)


def cuts(tracks: dict[str, Track], begin: float, end: float) -> dict[str, Signal]:
    """What every signal has from ``begin`` to ``end``; one that has nothing is left out."""
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
