"""Average the scores of subjects over the seeds of a variant."""

from collections.abc import Sequence

import numpy as np

from mpcl_core.evaluation.metrics import SubjectScores


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
