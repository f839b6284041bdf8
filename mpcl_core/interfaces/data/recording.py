"""Hold recordings and their signals."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64


@dataclass
class Signal:
    """Hold the values of one modality in a recording.

    Args:
        values: (c, T). NaN marks a dropout.
        sfreq: sampling rate in Hz.
        start: seconds from the start of the recording to the first sample.
    """

    values: Float32[np.ndarray, "c T"]
    sfreq: float
    start: float = 0.0


@dataclass
class Recording:
    """Hold one continuous stretch of one subject and trial, with the distribution that was rated for it.

    Args:
        signals: modality name -> signal, each with its own rate and start; a missing modality has no key.
        D: (k,) the emotion distribution.
        subject, session, trial, condition, stimulus: '' where unknown. ``trial`` is unique within a subject.
        weight: of the recording; its windows share it.
    """

    signals: dict[str, Signal]
    D: Float64[np.ndarray, "k"]
    subject: str
    trial: str
    session: str = ""
    condition: str = ""
    stimulus: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class SignalClock:
    """Hold the offset, drift and gaps of a signal on the clock that all files of its recording share.

    Args:
        file: the name of the file.
        modality: the modality.
        offset: seconds by which the file starts after the first one of its recording.
        drift: how far the effective rate is from the declared one, in parts per million.
        is_resampled: whether the values are resampled to the declared rate.
        gaps: the number of gaps.
        lost: the seconds that they lost.
    """

    file: str
    modality: str
    offset: float = 0.0
    drift: float = 0.0
    is_resampled: bool = False
    gaps: int = 0
    lost: float = 0.0


@dataclass(frozen=True)
class RecordingOverlap:
    """Hold two recordings of a source that contain the same seconds of the same signals.

    Args:
        first, second: the subject and trial of each.
        offset: seconds from the start of the first to the start of the second.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    offset: float
