"""Describe modalities, streams and the valence of emotions, without values."""

from collections.abc import Sequence
from dataclasses import dataclass

from mpcl_core.interfaces.errors import DataError


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

    def indices(self, labels: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return where its emotions stand among all emotions.

        Args:
            labels: the names of all emotions.

        Returns:
            The indices of the pleasant and of the unpleasant emotions.

        Raises:
            DataError: it names an unknown emotion, or one emotion twice.
        """
        named = (*self.positive, *self.negative)
        for label in named:
            if label not in labels:
                raise DataError(f"the valence names '{label}', which is none of the emotions: {', '.join(labels)}")
            if named.count(label) > 1:
                raise DataError(f"the valence names '{label}' twice")
        positive, negative = (tuple(labels.index(label) for label in group) for group in (self.positive, self.negative))
        return positive, negative


@dataclass(frozen=True)
class StreamInfo:
    """Describe a stream to a head: its name, and whether it has a memory."""

    name: str
    memory: bool
