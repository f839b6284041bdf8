"""Compute shares and errors of single emotions."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from mpcl_core.runs.predictions import Predictions


def true_shares(predictions: Predictions) -> Float64[np.ndarray, "k"]:
    """Compute the weighted mean of D over all windows.

    Args:
        predictions: true and predicted distributions with the weights of the windows.

    Returns:
        The mean true share of each emotion.
    """
    return np.asarray(np.average(predictions.D, axis=0, weights=predictions.weight))


def predicted_shares(seeds: Sequence[Predictions]) -> Float64[np.ndarray, "k"]:
    """Compute the weighted mean of D_pred over all windows, averaged over seeds.

    Args:
        seeds: the predictions of each seed.

    Returns:
        The mean predicted share of each emotion.
    """
    return np.asarray(np.mean([np.average(each.D_pred, axis=0, weights=each.weight) for each in seeds], axis=0))


def emotion_errors(seeds: Sequence[Predictions]) -> Float64[np.ndarray, "k"]:
    """Compute the weighted mean of |D - D_pred| over all windows, averaged over seeds.

    Args:
        seeds: the predictions of each seed.

    Returns:
        The error of each emotion's share.
    """
    errors = [np.average(np.abs(each.D - each.D_pred), axis=0, weights=each.weight) for each in seeds]
    return np.asarray(np.mean(errors, axis=0))
