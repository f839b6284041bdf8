"""Predict the recordings or windows of an input with a stored model."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.app.prediction.model_input import ModelInput, open_input
from mpcl_core.data.pooling import number_trials
from mpcl_core.data.prepare import prepare_parts
from mpcl_core.data.unused_recordings import UnusedRecording, describe_unused
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.model import Model
from mpcl_core.model.table import Predictions, join_predictions
from mpcl_registry.discover import discover


def predict(model: Model, stated: ModelInput, embeddings: bool = False, stretch: float | None = None) -> Predictions:
    """Predict an input with a model, which prepares the signals itself.

    Windows are predicted a few recordings at a time, unless the model needs all windows of a person or a trial.

    Args:
        model: the model.
        stated: the input, with or without ratings.
        embeddings: also compute the embeddings of the network's streams.
        stretch: seconds; each stretch of that length counts as a trial, so that a model that averages the windows of a
            trial predicts the course of a long recording. None leaves trials as they are.

    Returns:
        One row a window; recordings that give no window are in ``unused``.

    Raises:
        RecipeError: the recipe has faults.
        DataError: the input cannot be read, is not what the model takes, has nothing on which the model depends, or
            states no times that a stretch needs.
        UsageError: there is no such input.
    """
    predicted = []
    unused: list[UnusedRecording] = []
    for part in input_windows(model, stated, unused, stretch):
        found = model.predict_matched(part)
        z = model.embed_matched(part) if embeddings else {}
        predicted.append(replace(found, windows=without_signals(part), embeddings=z))
    joined = join_predictions(predicted)
    joined.check_any_present()
    return replace(joined, unused=unused)


def input_windows(
    model: Model, stated: ModelInput, unused: list[UnusedRecording] | None = None, stretch: float | None = None
) -> Iterator[WindowSet]:
    """Yield the windows of an input in the form that a model takes.

    Args:
        model: the model.
        stated: the input.
        unused: takes the recordings that give no window.
        stretch: as for `predict`.

    Yields:
        Windows of a few recordings; all at once where the model needs all windows of a person or a trial.

    Raises:
        RecipeError, DataError, UsageError: as `predict`.
    """
    with open_input(stated, model.description) as source:
        for part in _windows(model, source, stated.subjects, unused):
            yield part if stretch is None else cut_trials(part, stretch)


def rated_windows(model: Model, stated: ModelInput) -> WindowSet:
    """Return the windows of an input with their ratings, in the form that a model takes.

    Args:
        model: the model.
        stated: a recipe, or a manifest with a column of scores for each emotion.

    Returns:
        All windows.

    Raises:
        RecipeError, DataError, UsageError: as `predict`; or the ratings are of other emotions.
    """
    with open_input(stated, model.description, is_rated=True) as source:
        return concatenate(list(_windows(model, source, stated.subjects, None, is_rated=True)))


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


def cut_trials(windows: WindowSet, stretch: float) -> WindowSet:
    """Cut trials into stretches of one length, each of which becomes a trial.

    Args:
        windows: the windows.
        stretch: the length in seconds; a window belongs to the stretch in which it starts.

    Returns:
        The windows, whose trials are named after the second at which their stretch starts: ``film@120``.

    Raises:
        DataError: a window states no time.
    """
    if np.isnan(windows.t_start).any():
        raise DataError("windows without times cannot be cut into stretches")
    trial, first = number_trials(windows)
    start = np.full(len(first), np.inf)
    np.minimum.at(start, trial, windows.t_start)
    begin = start[trial] + np.floor((windows.t_start - start[trial]) / stretch) * stretch
    names = [f"{name}@{second:g}" for name, second in zip(windows.trial.tolist(), begin.tolist(), strict=True)]
    return replace(windows, trial=np.array(names))


def join_trials(windows: WindowSet) -> WindowSet:
    """Give the stretches of a trial the name of the trial again, which `cut_trials` extended.

    Args:
        windows: the windows, whose trials were cut.

    Returns:
        The windows with the trials as they were.
    """
    return replace(windows, trial=np.array([name.rpartition("@")[0] for name in windows.trial.tolist()]))


def without_signals(windows: WindowSet) -> WindowSet:
    """Return windows without their values, which need not be kept.

    Args:
        windows: N windows.

    Returns:
        The same windows; each modality has no value.
    """
    return windows.with_signals({name: values[:, :0, :0] for name, values in windows.X.items()})
