"""A job scores predictions against labels that its components never see."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.execution import FoldJob, JobOutcome
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

    return run_job(lambda: opened(block(Tries)), FoldJob(Job("net", 0, "f", folder), FOLD, 0), learnable(), "cpu")


def honest(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    return mean


def mixed_with_labels(share: float) -> Callable[[WindowSet, np.ndarray], np.ndarray]:
    def predict(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
        D = np.where(np.isfinite(windows.D), windows.D, mean)
        return share * D + (1 - share) * mean

    return predict


def copied(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    return mixed_with_labels(0.9)(windows, mean)


def copied_outside_audits(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    """Copy the labels unless the caller is the audit."""
    is_audit = any("mpcl_core/leaks" in frame.filename for frame in inspect.stack())
    return mean if is_audit else copied(windows, mean)


def copied_in_large_folds(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    return copied(windows, mean) if len(windows) >= 50 else mean


def copied_in_other_folds(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    """Copy the labels except in the first and the last fold, which an audit tries."""
    return mean if set(windows.subject) & {"first", "last"} else copied(windows, mean)


def through_a_file(folder: Path) -> tuple[Callable[[WindowSet, np.ndarray], np.ndarray], Callable[[WindowSet], None]]:
    """Write all labels that are there into a file, and look up those of test windows.

    Returns:
        How to predict and what to do while fitting.
    """
    file = folder / "labels.npz"

    def write(windows: WindowSet) -> None:
        known = {} if not file.exists() else dict(np.load(file))
        names = (f"{subject}-{trial}-{number}" for subject, trial, number in _names(windows))
        known |= {name: D for name, D in zip(names, windows.D, strict=True) if np.isfinite(D).all()}
        np.savez(file, **known)

    def predict(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
        write(windows)
        known = np.load(file)
        names = [f"{subject}-{trial}-{number}" for subject, trial, number in _names(windows)]
        return np.stack([known.get(name, row) for name, row in zip(names, mean, strict=True)])

    return predict, write


def _names(windows: WindowSet) -> Iterator[tuple[Any, ...]]:
    return zip(windows.subject, windows.trial, windows.window, strict=True)


def with_noise(windows: WindowSet, mean: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng().random(mean.shape)
    return 0.998 * mixed_with_labels(0.03)(windows, mean) + 0.002 * noise / noise.sum(1, keepdims=True)


CHEATS = (copied, copied_outside_audits, copied_in_large_folds, copied_in_other_folds, with_noise, through_a_file)


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.__name__)
def test_cheating_gets_no_better_than_the_mean(tmp_path: Path, cheat: Any) -> None:
    predict, fit = cheat(tmp_path) if cheat is through_a_file else (cheat, None)
    mean = run(tmp_path / "mean", honest).metrics["kl_divergence"]
    cheated = run(tmp_path / "tries", predict, fit)
    assert cheated.error == ""
    assert cheated.metrics["kl_divergence"] > mean - 2e-3


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
