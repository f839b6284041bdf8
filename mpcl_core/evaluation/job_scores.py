"""Score the stored predictions of jobs: every window, and every subject, which is the long form of a run's results."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.evaluation.metrics import WindowScores, window_scores
from mpcl_core.runs.predictions import Predictions


@dataclass(frozen=True, eq=False)
class JobScores:
    """Hold the scores of the subjects of one seed's jobs.

    Args:
        seed: the seed.
        fold: (n,) labels of the folds.
        subject: (n,) names of the subjects; empty where unknown.
        n_windows: (n,) numbers of test windows.
        scores: metric -> (n,) weighted means over these windows.
    """

    seed: int
    fold: Shaped[np.ndarray, "n"]
    subject: Shaped[np.ndarray, "n"]
    n_windows: Int64[np.ndarray, "n"]
    scores: dict[str, Float64[np.ndarray, "n"]]


def prediction_scores(predictions: Predictions) -> WindowScores:
    """Return the scores of stored predictions: the six, then those of plugins as their job stored them.

    Args:
        predictions: the predictions.

    Returns:
        The scores of every window.

    Raises:
        DataError: as `window_scores`.
    """
    found = window_scores(predictions.D, predictions.D_pred)
    return WindowScores({**found.by_metric, **predictions.metrics}, found.floored)


def score_jobs(seed: int, predictions: Predictions) -> JobScores:
    """Score the subjects of the jobs of one variant and seed.

    Args:
        seed: the seed.
        predictions: the predictions of its jobs, joined over folds.

    Returns:
        The scores, sorted by fold and subject.
    """
    folds, fold = np.unique(predictions.fold, return_inverse=True)
    subjects, subject = np.unique(predictions.subject, return_inverse=True)
    pairs, place = np.unique(fold * len(subjects) + subject, return_inverse=True)
    by_metric = prediction_scores(predictions).by_metric
    total = np.bincount(place, predictions.weight)
    scores = {name: np.bincount(place, values * predictions.weight) / total for name, values in by_metric.items()}
    return JobScores(seed, folds[pairs // len(subjects)], subjects[pairs % len(subjects)], np.bincount(place), scores)
