"""Explain predictions by occlusion, by the weights of prototypes, and by the nearest trials of the training."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float
from torch import Tensor

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import StreamState, WindowSet
from mpcl_core.model.explanation import Explanation
from mpcl_core.model.model import Model
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.trained_network import TrainedNetwork


def explain(model: Model, windows: WindowSet, parts: int, trials: int) -> Explanation:
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
        weights = read_windows(model.trained, windows, lambda stream: stream.weights)
        if model.trials is not None:
            nearest = model.trials.nearest(read_windows(model.trained, windows, lambda stream: stream.z), trials)
    return Explanation(windows, model.labels, D_pred, by_modality, by_time, weights, nearest)


def read_windows(
    trained: TrainedNetwork, windows: WindowSet, read: Callable[[StreamState], Tensor | None]
) -> dict[str, Float[np.ndarray, "N ..."]]:
    """Compute a tensor of each stream for each window; windows that are pooled have that of their trial.

    Args:
        trained: the network.
        windows: N windows.
        read: returns the tensor of a stream, (b …); None where the stream has none.

    Returns:
        Stream -> (N, …), for the streams that have the tensor.
    """
    with deterministic(1):
        prepared = trained.prepare(without_labels(windows))
        found = trained.read_streams(prepared, read)
    trial = slice(None) if prepared.trial is None else prepared.trial.cpu().numpy()
    return {name: values[trial] for name, values in found.items()}


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
