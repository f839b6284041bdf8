"""Check a metric of a plugin."""

from functools import partial

import numpy as np

from mpcl_core.interfaces.metric import Metric
from mpcl_core.testing.contract import Check, describe_rule
from mpcl_core.testing.failure import demand, demand_equal


def one_finite_score_a_window(metric: Metric) -> None:
    """Require a finite score for each window, also where shares are 0 and for any number of emotions."""
    for k in (2, 5):
        D, D_pred = _windows(k)
        metric.scores(D, D_pred)
        metric.scores(np.eye(k), np.eye(k)[::-1])


def windows_do_not_mix(metric: Metric) -> None:
    """Require the same score for a window whichever other windows are scored with it."""
    D, D_pred = _windows(4)
    scores = metric.scores(D, D_pred)
    for part in (slice(0, 6), slice(6, 12)):
        demand_equal(metric.scores(D[part], D_pred[part]), scores[part], "a score depends on the other windows", 1e-12)


def truth_scores_best(metric: Metric) -> None:
    """Require that no prediction scores better than the truth, so that the direction is stated correctly."""
    D, D_pred = _windows(4)
    sign = 1 if metric.higher_is_better else -1
    gain = sign * (metric.scores(D, D_pred) - metric.scores(D, D))
    what = "higher" if metric.higher_is_better else "lower"
    demand((gain <= 1e-12).all(), f"{what} is stated to be better, but a wrong prediction scores better than the truth")
    demand((gain < -1e-12).any(), "no wrong prediction scores worse than the truth")


METRIC = (one_finite_score_a_window, windows_do_not_mix, truth_scores_best)


def metric_checks(metric: Metric) -> list[Check]:
    """List the checks of a metric.

    Args:
        metric: the metric.

    Returns:
        The checks, to be called one by one.
    """
    return [Check(metric.name, rule.__name__, describe_rule(rule), partial(rule, metric)) for rule in METRIC]


def _windows(k: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    D, D_pred = rng.dirichlet(np.ones(k), (2, 12))
    return D, D_pred
