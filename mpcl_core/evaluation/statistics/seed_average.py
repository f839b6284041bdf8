"""What each subject scored, over the seeds of a variant."""

from collections.abc import Sequence

import numpy as np

from mpcl_core.evaluation.metrics import METRICS, SubjectScores


def over_seeds(seeds: Sequence[SubjectScores]) -> SubjectScores:
    """What each subject scored: the mean over the seeds that tested it."""
    subjects, number = np.unique(np.concatenate([found.subjects for found in seeds]), return_inverse=True)
    times = np.bincount(number)
    scores = {
        metric: np.bincount(number, np.concatenate([found.scores[metric] for found in seeds])) / times
        for metric in METRICS
    }
    return SubjectScores(subjects, scores)
