"""Each metric as a function is the mean of the scores of windows, and a scorer prefers the better prediction."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor

from mpcl_core import metrics
from mpcl_core.interfaces.errors import UsageError


def dirichlet(n: int, k: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(k), n)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_functions_return_the_weighted_mean_over_windows(name: str) -> None:
    D, D_pred, weight = dirichlet(30, 4, 11), dirichlet(30, 4, 12), np.linspace(0.5, 2, 30)
    scores = metrics.window_scores(D, D_pred).by_metric[name]
    assert getattr(metrics, name)(D, D_pred) == pytest.approx(scores.mean(), abs=1e-15)
    assert getattr(metrics, name)(D, D_pred, weight) == pytest.approx(np.average(scores, weights=weight), abs=1e-15)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_scorers_are_greater_for_better_predictions(name: str) -> None:
    D = dirichlet(20, 3, 13)
    X = np.zeros((20, 1))
    near, far = (DummyRegressor(strategy="constant", constant=row).fit(X, D) for row in (D.mean(0), [1.0, 0.0, 0.0]))
    score = metrics.scorer(name)
    assert score(near, X, D) > score(far, X, D)
    assert abs(score(near, X, D)) == pytest.approx(getattr(metrics, name)(D, np.tile(D.mean(0), (20, 1))))


def test_scorer_of_an_unknown_metric_names_the_metrics() -> None:
    with pytest.raises(UsageError, match=r"no metric 'kl'. Metrics: chebyshev, clark"):
        metrics.scorer("kl")
