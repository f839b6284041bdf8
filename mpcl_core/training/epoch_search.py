"""Hold what the search for the number of epochs has measured so far, and choose from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Float64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.training import TrainSettings
from mpcl_core.training.epoch_choice import independent_groups, lowest_epoch, one_standard_error_epoch

Curve = list[Float64[np.ndarray, "_"]]
"""The KL of each validation window after each epoch, before the first epoch included."""


@dataclass
class SearchHistory:
    """Hold the validation curves of a search, and the weights after each epoch where one may be used.

    Args:
        curves: one for each inner fold that was begun; all but the last are complete.
        weights: the weights after each epoch; empty dictionaries where the network is refitted anyway.
        predictions: for each inner fold and epoch the predictions of its validation windows.
    """

    curves: list[Curve] = field(default_factory=list)
    weights: list[dict[str, torch.Tensor]] = field(default_factory=list)
    predictions: list[list[Float32[np.ndarray, "_ k"]]] = field(default_factory=list)

    @classmethod
    def from_checkpoint(cls, state: Mapping[str, Any] | None) -> "SearchHistory":
        """Restore the history from a checkpoint.

        Args:
            state: the training state of a checkpoint (`state_dict`); None for a new training.

        Returns:
            The restored history, or an empty one.
        """
        if not state:
            return cls()
        curves, predictions = (
            [[values.numpy() for values in curve] for curve in state[name]] for name in ("curves", "predictions")
        )
        return cls(curves, state["weights"], predictions)

    def state_dict(self) -> dict[str, Any]:
        """Return the history as tensors, for a checkpoint.

        Returns:
            ``curves``, ``weights`` and ``predictions``.
        """
        curves, predictions = (
            [[torch.from_numpy(values) for values in curve] for curve in part]
            for part in (self.curves, self.predictions)
        )
        return {"curves": curves, "weights": self.weights, "predictions": predictions}

    def begin_fold(self) -> None:
        """Begin the curve of the next inner fold."""
        self.curves.append([])
        self.predictions.append([])

    def add(self, divergences: Float64[np.ndarray, "_"], D_pred: Float64[np.ndarray, "_ k"]) -> None:
        """Add the validation after an epoch to the last inner fold.

        Args:
            divergences: the KL of each validation window.
            D_pred: its prediction.
        """
        self.curves[-1].append(divergences)
        self.predictions[-1].append(D_pred.astype(np.float32))

    def predictions_at(self, epoch: int) -> Float64[np.ndarray, "_ k"]:
        """Return the predictions of the validation windows of all inner folds after one epoch.

        Args:
            epoch: the number of epochs.

        Returns:
            One row a window, one inner fold after the other.
        """
        return np.concatenate([fold[epoch] for fold in self.predictions]).astype(np.float64)

    def choose_epoch(self, settings: TrainSettings, validation: WindowSet) -> int:
        """Choose the number of epochs by the rule ``train.choose``, from all inner folds jointly.

        Args:
            settings: ``train``.
            validation: the validation windows of all inner folds, one fold after the other.

        Returns:
            The number of epochs; 0 is the untrained network.
        """
        curve = np.concatenate([np.stack(curve) for curve in self.curves], axis=1)
        if settings.choose == "one_se":
            return one_standard_error_epoch(curve, validation.weight, independent_groups(validation))
        return lowest_epoch(curve, validation.weight)


def is_search_finished(curve: Curve, weight: Float64[np.ndarray, "_"], settings: TrainSettings) -> bool:
    """Return whether a search has trained all epochs, or ``train.patience`` epochs without a better KL.

    Better is a KL that is lower than the lowest before by more than ``train.min_delta``.

    With several inner folds patience is not applied, since the curves of all folds are joined and need one length.

    Args:
        curve: the KL of each validation window after each epoch so far.
        weight: (N,) of the validation windows.
        settings: ``train``.

    Returns:
        Whether the search ends here.
    """
    if len(curve) > settings.epochs:
        return True
    if settings.inner_folds > 1 or not curve:
        return False
    best, lowest = 0, math.inf
    for epoch, kl in enumerate((np.stack(curve) @ weight).tolist()):
        if kl < lowest - settings.min_delta * weight.sum():
            best, lowest = epoch, kl
    return len(curve) - 1 - best >= settings.patience
