"""Turn the arrays of a published study into the signals of recordings."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import Modality, Signal


@dataclass(frozen=True)
class Track:
    """Describe a modality of a study.

    Args:
        channels: the names, in the order of the files.
        sfreq: Hz.
        unit: empty where the study does not state it.
        is_zero_missing: whether 0 in all channels at once stands for a lost sample.
    """

    channels: tuple[str, ...]
    sfreq: float
    unit: str = ""
    is_zero_missing: bool = False


def list_modalities(tracks: Mapping[str, Track]) -> tuple[Modality, ...]:
    """Return the modalities of recordings with these tracks.

    Args:
        tracks: name -> track.

    Returns:
        The modalities, without a number of samples.
    """
    return tuple(
        Modality(name, len(track.channels), None, track.sfreq, track.channels, track.unit)
        for name, track in tracks.items()
    )


def make_signals(
    found: Mapping[str, Shaped[np.ndarray, "c T"] | None], tracks: Mapping[str, Track], last: float
) -> dict[str, Signal]:
    """Return the signals of a recording: the last seconds of each track.

    Clips differ in length, and their length would name the clip: each recording has the same length where its clip is
    long enough. Samples that the track's zeros stand for are NaN; a modality without any other sample is absent.

    Args:
        found: name -> (c, T) values, or None where the file has none.
        tracks: name -> track.
        last: the seconds that are kept, up to the end.

    Returns:
        Name -> signal.
    """
    signals = {}
    for name, values in found.items():
        if values is None or not values.size:
            continue
        end = np.array(values[:, -max(round(last * tracks[name].sfreq), 1) :], np.float32)
        if tracks[name].is_zero_missing:
            end[:, (end == 0).all(0)] = np.nan
        if not np.isnan(end).any(0).all():
            signals[name] = Signal(np.ascontiguousarray(end), tracks[name].sfreq)
    return signals
