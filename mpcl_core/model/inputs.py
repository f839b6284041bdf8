"""Take what is to be predicted in the form in which users hold it: windows, arrays, epochs, recordings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mpcl_core.data.prepare import prepare_parts
from mpcl_core.interfaces.components import Source, Transform
from mpcl_core.interfaces.data import Modality, Recording, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.matching import UNKNOWN_SUBJECT, match_windows

Given = WindowSet | Mapping[str, Any] | Recording | Sequence[Recording] | Any
"""Windows; modality -> (N, c, t) array or ``mne.Epochs``; ``mne.Epochs`` of the only modality; recordings."""


def read_input(given: Given, model: ModelDescription, prepare: Sequence[Transform]) -> WindowSet:
    """Return windows with the modalities, channels and units of a model, and without labels.

    Args:
        given: what is to be predicted. Recordings have the channels and units of the model, and are prepared here.
        model: the model.
        prepare: the model's stateless transforms, for recordings.

    Returns:
        The windows.

    Raises:
        DataError: it is none of these, or as `match_windows`.
    """
    if isinstance(given, Recording):
        given = [given]
    if isinstance(given, Sequence) and given and all(isinstance(each, Recording) for each in given):
        source = MatchedSource(_HeldRecordings(given, model), model)
        parts = list(prepare_parts(source, prepare))
        if not parts:
            raise DataError("no recording is long enough for a window of the model")
        return match_windows(concatenate(parts), model)
    if _is_epochs(given):
        given = {_only_modality(model): given}
    if isinstance(given, Mapping) and any(map(_is_epochs, given.values())):
        return match_windows(_from_epochs(given, model), model)
    if isinstance(given, WindowSet | Mapping):
        return match_windows(given, model)
    raise DataError(
        f"a value of type {type(given).__name__} cannot be predicted. Pass windows, arrays or epochs by modality, or "
        "recordings; a file is predicted by 'mpcl predict'"
    )


def _is_epochs(given: object) -> bool:
    return hasattr(given, "get_channel_types") and hasattr(given, "get_data")


def _only_modality(model: ModelDescription) -> str:
    if len(model.modalities) > 1:
        names = ", ".join(modality.name for modality in model.modalities)
        raise DataError(f"the model takes {names}; pass epochs by modality: {{'{model.modalities[0].name}': epochs}}")
    return model.modalities[0].name


def _from_epochs(given: Mapping[str, Any], model: ModelDescription) -> WindowSet:
    if others := [name for name, epochs in given.items() if not _is_epochs(epochs)]:
        raise DataError(f"is no epochs, as the others are: {', '.join(others)}")
    n, k = len(next(iter(given.values()))), len(model.labels)
    D, trial = np.full((n, k), 1 / k), np.arange(n).astype(str)
    return WindowSet.from_epochs(given, D, labels=model.labels, subject=UNKNOWN_SUBJECT, trial=trial)


class _HeldRecordings(Source):
    """Provide recordings that are held in memory."""

    name = "held"

    def __init__(self, recordings: Sequence[Recording], model: ModelDescription) -> None:
        self._recordings, self._model = recordings, model
        names = {name for recording in recordings for name in recording.signals}
        self._modalities = tuple(modality for modality in model.inputs if modality.name in names)
        for wanted in self._modalities:
            for recording in recordings:
                signal = recording.signals.get(wanted.name)
                if signal is not None and len(signal.values) != wanted.n_chans:
                    message = f"{len(signal.values)} channels, but the model takes {wanted.n_chans}"
                    raise DataError(message, field=wanted.name)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return self._modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return self._model.labels

    def load(self) -> Iterator[Recording]:
        return iter(self._recordings)
