"""A job scores predictions against labels that its components never see."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.job import run_job
from support.specs import block
from support.trainers import FOLD, learnable, opened


def run(folder: Path, predict: Callable[[WindowSet, np.ndarray], Any], fit: Any = None) -> JobOutcome:
    """Run a job whose estimator predicts by a function of the windows and the mean of the training labels.

    Returns:
        How it ended.
    """

    class Tries(Estimator):
        """Tries something."""

        name = "tries"

        def fit(self, windows: WindowSet) -> "Tries":
            self.mean = windows.D.mean(0)
            if fit:
                fit(windows)
            return self

        def predict(self, windows: WindowSet) -> Any:
            return predict(windows, np.tile(self.mean, (len(windows), 1)))

    return run_job(lambda: opened(block(Tries)), Job("net", 0, "f", folder), learnable(), FOLD, 0, "cpu")


def honest(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    return mean


def mixed_with_labels(share: float) -> Callable[[WindowSet, np.ndarray], np.ndarray]:
    def predict(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
        D = np.where(np.isfinite(windows.D), windows.D, mean)
        return share * D + (1 - share) * mean

    return predict


def with_noise(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng().random(mean.shape)
    return 0.998 * mixed_with_labels(0.03)(windows, mean) + 0.002 * noise / noise.sum(1, keepdims=True)


@pytest.mark.parametrize("predict", [mixed_with_labels(0.9), mixed_with_labels(0.05), with_noise])
def test_labels_of_test_windows_cannot_improve_a_prediction(
    tmp_path: Path, predict: Callable[[WindowSet, np.ndarray], np.ndarray]
) -> None:
    mean = run(tmp_path / "mean", honest).metrics["kl_divergence"]
    assert run(tmp_path / "tries", predict).metrics["kl_divergence"] > mean - 2e-3


@pytest.mark.parametrize("column", ["D", "weight", "subject", "trial", "window"])
def test_writing_into_a_column_is_refused_by_the_name_of_the_component(tmp_path: Path, column: str) -> None:
    def predict(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
        getattr(windows, column)[:] = getattr(windows, column)[0]
        return mean

    error = run(tmp_path / "a", predict).error
    assert "estimator 'tries'" in error
    assert "It writes into an array that it was given" in error


@pytest.mark.parametrize("column", ["D", "weight", "subject"])
def test_replacing_a_column_changes_neither_the_score_nor_what_is_stored(tmp_path: Path, column: str) -> None:
    def predict(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
        setattr(windows, column, mean if column == "D" else getattr(windows, column)[::-1])
        return mean

    plain, tries = run(tmp_path / "a", honest), run(tmp_path / "b", predict)
    assert plain.metrics == tries.metrics
    with np.load(tmp_path / "b" / "predictions.npz") as stored:
        assert np.array_equal(stored[column], getattr(learnable().take(FOLD.test), column))


def test_writing_into_training_windows_is_refused(tmp_path: Path) -> None:
    def fit(windows: WindowSet) -> None:
        windows.D *= 2

    assert "It writes into an array that it was given" in run(tmp_path / "a", honest, fit).error


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda windows, mean: mean + 0j, "predicted values of type complex128, not an array of real numbers"),
        (lambda windows, mean: mean.astype(object), "predicted values of type object"),
        (lambda windows, mean: None, "predicted a value of type NoneType, not an array of real numbers of shape"),
        (lambda windows, mean: torch.tensor(mean, requires_grad=True), "predicted a value of type Tensor"),
        (lambda windows, mean: mean[:-1], "predicted an array of shape"),
        (lambda windows, mean: mean * 2, "predicted values that are no distributions"),
        (lambda windows, mean: mean - 1, "predicted values that are no distributions"),
    ],
)
def test_a_prediction_that_is_no_distribution_is_refused(
    tmp_path: Path, predict: Callable[[WindowSet, np.ndarray], Any], message: str
) -> None:
    assert f"'net' {message}" in run(tmp_path / "a", predict).error
