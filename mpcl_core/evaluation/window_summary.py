"""Summarise the test windows of a variant in a few numbers, so that its predictions need not stay in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.emotion_errors import emotion_errors, predicted_shares, true_shares
from mpcl_core.runs.predictions import Predictions


@dataclass(frozen=True, eq=False)
class WindowSummary:
    """Hold what figures and report state of a variant's test windows beside its scores.

    Args:
        true_shares: (k,) the mean true share of each emotion.
        predicted_shares: (k,) the mean predicted share, averaged over seeds.
        errors: (k,) the error of each emotion's share, averaged over seeds.
        seed_errors: the same error of each seed.
        n_subjects: the tested subjects of the first seed; 0 where unknown.
        n_trials: its tested trials; 0 where unknown.
        n_windows: its tested windows.
    """

    true_shares: Float64[np.ndarray, "k"]
    predicted_shares: Float64[np.ndarray, "k"]
    errors: Float64[np.ndarray, "k"]
    seed_errors: Sequence[Float64[np.ndarray, "k"]]
    n_subjects: int
    n_trials: int
    n_windows: int


def summarise_windows(seeds: Sequence[Predictions]) -> WindowSummary:
    """Summarise the test windows of a variant.

    Args:
        seeds: the predictions of each seed, at least one.

    Returns:
        The summary.
    """
    subjects, trials = seeds[0].subject.tolist(), seeds[0].trial.tolist()
    return WindowSummary(
        true_shares(seeds[0]),
        predicted_shares(seeds),
        emotion_errors(seeds),
        [emotion_errors([each]) for each in seeds],
        len(set(subjects) - {""}),
        len({(subject, trial) for subject, trial in zip(subjects, trials, strict=True) if trial}),
        len(seeds[0].D),
    )
