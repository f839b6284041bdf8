"""Summarise the test windows of a variant."""

import numpy as np

from mpcl_core.evaluation.window_summary import summarise_windows
from mpcl_core.runs.predictions import Predictions


def predictions(share: float, subject: list[str], trial: list[str]) -> Predictions:
    n = len(subject)
    columns = np.full(n, 1.0), np.arange(n), np.array(subject), np.array(trial), np.full(n, "a")
    return Predictions(np.tile([1.0, 0.0], (n, 1)), np.tile([share, 1 - share], (n, 1)), *columns)


def test_errors_are_of_each_seed_and_counts_of_the_first() -> None:
    people, trials = ["a", "a", "b", ""], ["1", "1", "1", ""]
    found = summarise_windows([predictions(0.8, people, trials), predictions(0.6, people, trials)])
    np.testing.assert_allclose(found.true_shares, [1, 0])
    np.testing.assert_allclose(found.predicted_shares, [0.7, 0.3])
    np.testing.assert_allclose(found.errors, [0.3, 0.3])
    np.testing.assert_allclose(found.seed_errors, [[0.2, 0.2], [0.4, 0.4]])
    assert (found.n_subjects, found.n_trials, found.n_windows) == (2, 2, 4)
