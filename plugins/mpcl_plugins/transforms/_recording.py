"""Change one signal of a recording and leave the others as they are."""

from collections.abc import Callable
from dataclasses import replace

from mpcl_core.plugin import DataError, Modality, Recording, Signal
from mpcl_plugins.transforms._modality import require_modality


def sampled_modality(modalities: tuple[Modality, ...], name: str) -> tuple[Modality, float]:
    """Return the modality of a name and its rate.

    Args:
        modalities: the modalities of the study.
        name: the wanted one.

    Returns:
        The modality, and its rate in Hz.

    Raises:
        DataError: there is no such modality, or it has no sampling rate.
    """
    modality = require_modality(modalities, name)
    if modality.sfreq is None:
        raise DataError("has no sampling rate, so it cannot be filtered", field=name)
    return modality, modality.sfreq


def change_signal(recording: Recording, name: str, change: Callable[[Signal], Signal]) -> Recording:
    """Return the recording with one signal changed, or the recording itself where it lacks the signal.

    Args:
        recording: the recording.
        name: the signal.
        change: returns the new signal for the old one.

    Returns:
        The changed recording.
    """
    if name not in recording.signals:
        return recording
    return replace(recording, signals={**recording.signals, name: change(recording.signals[name])})
