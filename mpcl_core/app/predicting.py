"""Predict the recordings or windows of an input with a stored model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mpcl_core.app.prediction_inputs import open_input
from mpcl_core.data.prepare import prepare_parts
from mpcl_core.data.unused_recordings import UnusedRecording, describe_unused
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.model import Model
from mpcl_core.model.table import Predictions, join_predictions
from mpcl_registry.discover import discover


def predict(
    model: Model,
    given: str | Path,
    subjects: Sequence[str] = (),
    sets: Sequence[str] = (),
    rates: Mapping[str, float] | None = None,
    embeddings: bool = False,
    on_message: Callable[[str], None] = lambda _: None,
) -> Predictions:
    """Predict an input with a model, which prepares the signals itself.

    Windows are predicted a few recordings at a time, unless the model needs all windows of a person or a trial.

    Args:
        model: the model.
        given: a recipe (its source is used), a manifest, a recording, or a folder of recordings; with or without
            ratings.
        subjects: the people to predict; all where it is empty.
        sets: options ``key.key=value`` that patch a recipe.
        rates: modality -> Hz, for files that do not state it.
        embeddings: also compute the embeddings of the network's streams.
        on_message: called with a line for each modality and other spelling of its channels.

    Returns:
        One row a window; recordings that give no window are in ``unused``.

    Raises:
        RecipeError: the recipe has faults.
        DataError: the input cannot be read, or is not what the model takes.
        UsageError: there is no such input.
    """
    predicted = []
    unused: list[UnusedRecording] = []
    for part in input_windows(model, given, subjects, sets, rates, unused, on_message):
        found = model.predict_matched(part)
        z = model.embed_matched(part) if embeddings else {}
        predicted.append(replace(found, windows=without_signals(part), embeddings=z))
    return replace(join_predictions(predicted), unused=unused)


def input_windows(
    model: Model,
    given: str | Path,
    subjects: Sequence[str] = (),
    sets: Sequence[str] = (),
    rates: Mapping[str, float] | None = None,
    unused: list[UnusedRecording] | None = None,
    on_message: Callable[[str], None] = lambda _: None,
) -> Iterator[WindowSet]:
    """Yield the windows of an input in the form that a model takes.

    Args:
        model: the model.
        given, subjects, sets, rates: as for `predict`.
        unused: takes the recordings that give no window.
        on_message: as for `predict`.

    Yields:
        Windows of a few recordings; all at once where the model needs all windows of a person or a trial.

    Raises:
        RecipeError, DataError, UsageError: as `predict`.
    """
    with open_input(given, model.description, sets, rates or {}, on_message=on_message) as source:
        yield from _windows(model, source, subjects, unused)


def rated_windows(
    model: Model,
    given: str | Path,
    subjects: Sequence[str] = (),
    sets: Sequence[str] = (),
    rates: Mapping[str, float] | None = None,
    on_message: Callable[[str], None] = lambda _: None,
) -> WindowSet:
    """Return the windows of an input with their ratings, in the form that a model takes.

    Args:
        model: the model.
        given: a recipe (its source is used), or a manifest with a column of scores for each emotion.
        subjects, sets, rates, on_message: as for `predict`.

    Returns:
        All windows.

    Raises:
        RecipeError, DataError, UsageError: as `predict`; or the ratings are of other emotions.
    """
    with open_input(given, model.description, sets, rates or {}, is_rated=True, on_message=on_message) as source:
        return concatenate(list(_windows(model, source, subjects, None, is_rated=True)))


def _windows(
    model: Model,
    source: Source,
    subjects: Sequence[str],
    unused: list[UnusedRecording] | None,
    is_rated: bool = False,
) -> Iterator[WindowSet]:
    collected = [] if unused is None else unused

    def on_recording(one: UnusedRecording | None) -> None:
        collected.extend([one] if one else [])

    resample: Any = discover(entries=()).catalog.find("transform", "resample")
    matched = MatchedSource(source, model.description, subjects, resample, is_rated)
    parts: Iterator[WindowSet] = prepare_parts(matched, [block.build() for block in model.spec.prepare], on_recording)
    if model.spec.pool is not None or any(transform.transductive for transform in model.transforms):
        gathered = list(parts)
        parts = iter([concatenate(gathered)] if gathered else [])
    is_empty = True
    for part in parts:
        is_empty = False
        yield part
    if is_empty:
        reasons = f": {describe_unused(collected)}" if collected else ""
        raise DataError(f"the input has no window that is long enough for the model{reasons}")


def without_signals(windows: WindowSet) -> WindowSet:
    """Return windows without their values, which need not be kept.

    Args:
        windows: N windows.

    Returns:
        The same windows; each modality has no value.
    """
    return windows.with_signals({name: values[:, :0, :0] for name, values in windows.X.items()})
