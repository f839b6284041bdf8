"""One signal of a recording changed, the others as they are: what the recording transforms have in common."""

from collections.abc import Callable
from dataclasses import replace

from mpcl_core.plugin import DataError, Modality, Recording, Signal


def sampled(modalities: tuple[Modality, ...], name: str) -> tuple[Modality, float]:
    """The modality of that name and its rate in Hz.

    Raises:
        DataError: there is none, or it has no sampling rate.
    """
    for modality in modalities:
        if modality.name == name:
            if modality.sfreq is None:
                raise DataError("has no sampling rate, so it is no signal that could be filtered", field=name)
            return modality, modality.sfreq
    raise DataError(f"no such modality. There are: {', '.join(m.name for m in modalities)}", field=name)


def with_signal(recording: Recording, name: str, change: Callable[[Signal], Signal]) -> Recording:
    """The recording with that signal changed, or itself where it lacks it."""
    if name not in recording.signals:
        return recording
    return replace(recording, signals={**recording.signals, name: change(recording.signals[name])})
