"""Error bars after a calibration: they rest on held-out people who were calibrated in the same way, and they hold."""

import numpy as np
import pytest

from mpcl_core.evaluation.error_bars import ErrorBars, calibrate_error_bars, total_variation
from mpcl_core.model.calibrated_error_bars import FINE_TUNED, add_calibrated, after_calibration
from mpcl_core.model.personal_prior import personal_offset, shift_distributions

Study = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def study(people: int, trials: int = 8, seed: int = 0) -> Study:
    """Return truth, one prediction for all, persons and trials; people differ in a constant log-ratio."""
    rng = np.random.default_rng(seed)
    own = np.repeat(rng.normal(0, 0.8, (people, 4)), trials, axis=0)
    logits = own + rng.normal(0, 0.3, own.shape)
    D = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    subject = np.repeat(np.arange(people), trials).astype(str)
    return D, np.full_like(D, 0.25), subject, np.tile(np.arange(trials), people).astype(str)


def bars_of(study: Study) -> ErrorBars:
    D, D_pred, subject, trial = study
    return add_calibrated(calibrate_error_bars(D, D_pred, subject, trial, 0.9), D, D_pred, subject, trial)


@pytest.fixture(scope="module")
def of_sixty() -> ErrorBars:
    return bars_of(study(60))


def test_radius_holds_for_new_people_who_are_calibrated(of_sixty: ErrorBars) -> None:
    bars = after_calibration(of_sixty, 4, 0)
    assert (bars.trials, bars.people, bars.reason) == (4, 60, "")
    D, D_pred, subject, _ = study(400, seed=1)
    reached = []
    for name in np.unique(subject):
        own = np.flatnonzero(subject == name)
        offset = personal_offset(D[own[:4]], D_pred[own[:4]], bars.shrinkage)
        rest = shift_distributions(D_pred[own[4:]], offset)
        assert bars.radius is not None
        reached.append((total_variation(D[own[4:]], rest) <= bars.radius).mean())
    assert 0.85 < np.mean(reached) < 0.95


def test_more_ratings_narrow_the_radius_of_people_who_differ(of_sixty: ErrorBars) -> None:
    before = of_sixty
    radii = [each.radius for each in before.calibrated]
    assert [each.trials for each in before.calibrated] == [1, 2, 3, 4, 6]
    assert before.radius is not None
    assert before.radius > radii[0] > radii[-1]
    assert after_calibration(before, 5, 0).radius == radii[3]
    assert after_calibration(before, 100, 0).radius == radii[-1]


def test_reason_stands_in_the_place_of_error_bars_that_would_not_hold(of_sixty: ErrorBars) -> None:
    bars = of_sixty
    assert after_calibration(bars, 4, epochs=3).reason == FINE_TUNED
    assert after_calibration(bars, 4, epochs=3).radius is None
    few = bars_of(study(5))
    assert "5 people were held out" in after_calibration(few, 4, 0).reason
    of_a_job = bars.model_copy(update={"calibrated": ()})
    assert "train it with 'mpcl fit'" in after_calibration(of_a_job, 4, 0).reason
    some = bars.model_copy(update={"calibrated": bars.calibrated[1:]})
    assert after_calibration(some, 1, 0).reason.startswith("1 rated trials are fewer than the 2")


@pytest.mark.parametrize("trials", [1, 3])
def test_people_who_have_no_further_trial_do_not_take_part(trials: int) -> None:
    assert [each.trials for each in bars_of(study(30, trials)).calibrated] == list(range(1, trials))
