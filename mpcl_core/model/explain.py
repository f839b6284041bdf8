"""Explain predictions by occlusion, by the weights of prototypes, and by the nearest trials of the training."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
from jaxtyping import Float, Float64

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.explanation import Explanation
from mpcl_core.model.stream_values import stream_values
from mpcl_core.model.training_trials import TrainingTrials
from mpcl_core.training.trained_network import TrainedNetwork


class Predictor(Protocol):
    """State what an explanation needs of a model."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the emotions."""

    @property
    def trained(self) -> TrainedNetwork | Estimator:
        """Return the network or the estimator."""

    @property
    def trials(self) -> TrainingTrials | None:
        """Return the embeddings of the training trials; None where the model does not hold them."""

    def distributions(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict windows with the modalities of the model.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """


def explain(model: Predictor, windows: WindowSet, parts: int, trials: int) -> Explanation:
    """Explain the predictions of windows.

    Args:
        model: the model.
        windows: N windows with the modalities of the model.
        parts: the number of equal parts of a window that are occluded one after the other.
        trials: the number of training trials for each window, where the model names them.

    Returns:
        The explanation.
    """
    D_pred = model.distributions(windows)
    by_modality = {name: D_pred - model.distributions(_without(windows, name)) for name in windows.X}
    changes = [D_pred - model.distributions(occluded) for occluded in _occluded_parts(windows, parts)]
    by_time = np.stack(changes, axis=1) if changes else np.zeros((len(windows), 0, D_pred.shape[1]))
    weights, nearest = {}, None
    if isinstance(model.trained, TrainedNetwork):
        weights = stream_values(model.trained, windows, lambda stream: stream.weights)
        if model.trials is not None:
            nearest = model.trials.nearest(stream_values(model.trained, windows, lambda stream: stream.z), trials)
    return Explanation(windows, model.labels, D_pred, by_modality, by_time, weights, nearest)


def _without(windows: WindowSet, name: str) -> WindowSet:
    present = {**windows.present, name: np.zeros(len(windows), bool)}
    return replace(windows, present=present).with_signals(windows.X)


def _occluded_parts(windows: WindowSet, parts: int) -> Iterator[WindowSet]:
    """Replace one part after the other of every signal by the mean of its channel in the window.

    Yields:
        The windows with a part occluded; nothing where there are no signals.
    """
    signals = [modality.name for modality in windows.modalities if modality.sfreq is not None]
    for part in range(parts if signals else 0):
        X = dict(windows.X)
        for name in signals:
            X[name] = _occluded(windows.X[name], part, parts)
        yield windows.with_signals(X)


def _occluded(values: Float[np.ndarray, "N c t"], part: int, parts: int) -> Float[np.ndarray, "N c t"]:
    start, stop = (values.shape[2] * edge // parts for edge in (part, part + 1))
    changed = values.copy()
    changed[:, :, start:stop] = values.mean(2, keepdims=True)
    return changed
