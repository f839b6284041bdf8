"""Compute errors of single emotions."""

import numpy as np

from mpcl_core.evaluation.emotion_errors import emotion_errors, predicted_shares, true_shares
from mpcl_core.runs.predictions import Predictions


def predictions(D: list[list[float]], D_pred: list[list[float]], weight: list[float]) -> Predictions:
    text = np.full(len(D), "a")
    return Predictions(np.array(D), np.array(D_pred), np.array(weight), np.arange(len(D)), text, text, text)


ONE = predictions([[1.0, 0.0], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]], [1.0, 3.0])
OTHER = predictions([[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.1, 0.9]], [1.0, 3.0])


def test_shares_are_weighted_means_over_windows() -> None:
    np.testing.assert_allclose(true_shares(ONE), [0.625, 0.375])
    np.testing.assert_allclose(predicted_shares([ONE, OTHER]), [(0.5 + 0.325) / 2, (0.5 + 0.675) / 2])


def test_errors_are_averaged_over_seeds() -> None:
    np.testing.assert_allclose(emotion_errors([ONE]), [0.125, 0.125])
    np.testing.assert_allclose(emotion_errors([ONE, OTHER]), [(0.125 + 0.3) / 2] * 2)
