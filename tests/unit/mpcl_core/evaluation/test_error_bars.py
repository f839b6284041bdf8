"""Error bars need people enough, and trials have their own."""

import numpy as np
import pytest

from mpcl_core.evaluation.error_bars import (
    MOST_SHRINKAGE,
    calibrate_error_bars,
    total_variation,
    variance_ratio,
)
from mpcl_core.evaluation.statistics.person_quantiles import people_needed


@pytest.mark.parametrize(("coverage", "needed"), [(0.9, 9), (0.8, 4), (0.95, 19), (0.5, 1)])
def test_fewest_people_have_a_finite_quantile(coverage: float, needed: int) -> None:
    assert people_needed(coverage) == needed
    n = needed
    D, subject = np.tile([0.5, 0.5], (n, 1)), np.arange(n).astype(str)
    assert calibrate_error_bars(D, D, subject, subject, coverage).radius == 0
    few = calibrate_error_bars(D[1:], D[1:], subject[1:], subject[1:], coverage)
    assert few.radius is None
    assert few.reason == f"{n - 1} people were held out, but a coverage of {coverage:g} needs at least {needed}"


def test_trials_have_error_bars_of_their_own() -> None:
    rng = np.random.default_rng(1)
    D, subject = np.full((120, 3), 1 / 3), np.repeat(np.arange(12), 10).astype(str)
    D_pred = rng.dirichlet(np.ones(3) * 20, 120)
    found = calibrate_error_bars(D, D_pred, subject, np.full(120, "one"), 0.9)
    assert found.radius is not None
    assert found.trial_radius is not None
    assert found.trial_radius < found.radius  # the errors of windows average out
    assert len(found.half_widths) == len(found.trial_half_widths) == 3
    assert (total_variation(D, D_pred) <= found.radius).mean() >= 0.9


def test_variance_ratio_is_that_of_the_errors_within_and_between_people() -> None:
    rng = np.random.default_rng(2)
    subject = np.repeat(np.arange(400), 5).astype(str)
    person = np.repeat(rng.normal(0, 1, (400, 4)), 5, axis=0)
    ratio = variance_ratio(person + rng.normal(0, 2, (2000, 4)), subject)
    assert ratio == pytest.approx(4, rel=0.15)
    assert variance_ratio(np.zeros((5, 2)), np.arange(5).astype(str)) is None
    assert variance_ratio(np.tile([[1.0], [-1.0]], (4, 1)), np.repeat(["a", "b", "c", "d"], 2)) == MOST_SHRINKAGE
