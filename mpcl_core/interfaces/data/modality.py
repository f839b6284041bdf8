"""Describe modalities, streams and the valence of emotions, without values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Modality:
    """Describe one named signal or feature table, without its values.

    Args:
        name: ``eeg``, ``ppg``, ``gsr``, ``face``, ``respiration`` …
        n_chans: number of channels.
        n_times: samples of a window, or features per channel; None for a continuous recording.
        sfreq: sampling rate in Hz; None for precomputed features.
        ch_names: one name a channel, or empty.
        unit: ``uV``, ``uS``, ``degC`` …; empty where unknown.
    """

    name: str
    n_chans: int
    n_times: int | None = None
    sfreq: float | None = None
    ch_names: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Valence:
    """Name the pleasant and the unpleasant emotions: two disjoint sets of labels."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True)
class StreamInfo:
    """Describe a stream to a head: its name, and whether it has a memory."""

    name: str
    memory: bool
