"""Scores of the subjects of single jobs, against a loop."""

import numpy as np

from mpcl_core.evaluation.job_scores import score_jobs
from mpcl_core.evaluation.metrics import METRICS, window_scores
from mpcl_core.runs.predictions import Predictions

RNG = np.random.default_rng(0)


def test_scores_are_weighted_means_of_a_subject_in_a_fold() -> None:
    D, D_pred = RNG.dirichlet(np.ones(4), 30), RNG.dirichlet(np.ones(4), 30)
    subject, fold = RNG.choice(["a", "b", "ä"], 30), RNG.choice(["f2", "f1"], 30)
    weight = RNG.uniform(0.1, 2, 30)
    found = score_jobs(3, Predictions(D, D_pred, weight, np.arange(30), subject, subject, fold))
    assert found.seed == 3
    pairs = list(zip(found.fold.tolist(), found.subject.tolist(), strict=True))
    assert pairs == sorted(set(zip(fold.tolist(), subject.tolist(), strict=True)))
    by_metric = window_scores(D, D_pred).by_metric
    for number, (one_fold, one_subject) in enumerate(pairs):
        chosen = (fold == one_fold) & (subject == one_subject)
        assert found.n_windows[number] == chosen.sum()
        for metric in METRICS:
            expected = np.average(by_metric[metric][chosen], weights=weight[chosen])
            np.testing.assert_allclose(found.scores[metric][number], expected)
