"""Average scores of subjects, or predictions, over the seeds of a variant."""

from collections.abc import Mapping, Sequence

import numpy as np

from mpcl_core.evaluation.metrics import SubjectScores
from mpcl_core.runs.predictions import Predictions


def average_over_seeds(seeds: Sequence[SubjectScores]) -> SubjectScores:
    """Return the mean score of every subject over the seeds that tested it.

    Args:
        seeds: the scores of every subject, for each seed.

    Returns:
        The averaged scores, subjects sorted by name.
    """
    subjects, number = np.unique(np.concatenate([found.subjects for found in seeds]), return_inverse=True)
    times = np.bincount(number)
    scores = {
        metric: np.bincount(number, np.concatenate([found.scores[metric] for found in seeds])) / times
        for metric in seeds[0].scores
    }
    return SubjectScores(subjects, scores)


def average_predictions(
    seeds: Sequence[Predictions], metrics: Mapping[str, np.ndarray] | None = None
) -> Predictions | None:
    """Return the mean prediction of several seeds.

    Args:
        seeds: the predictions of a variant, for each of its seeds.
        metrics: name of a plugin's metric -> (N,) scores of the mean prediction by increasing number of the window;
            scores of another number of windows, as after an interrupted run, are left out.

    Returns:
        The windows by increasing number; None for a single seed, and where the seeds tested different windows.
    """
    if len(seeds) < 2 or len({tuple(sorted(found.row.tolist())) for found in seeds}) > 1:
        return None
    ordered = [np.argsort(found.row, kind="stable") for found in seeds]
    D_pred = np.mean([found.D_pred[order] for found, order in zip(seeds, ordered, strict=True)], axis=0)
    first, order = seeds[0], ordered[0]
    return Predictions(
        first.D[order],
        D_pred,
        first.weight[order],
        first.row[order],
        first.subject[order],
        first.trial[order],
        first.fold[order],
        {name: scores for name, scores in (metrics or {}).items() if len(scores) == len(order)},
    )
