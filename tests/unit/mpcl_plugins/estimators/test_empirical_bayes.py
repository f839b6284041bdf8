"""empirical_bayes: a subject's log-ratios, shrunken by the covariances of people and of trials."""

import numpy as np
import pytest
from scipy.special import softmax

from mpcl_core import testing
from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.estimators._log_ratios import clr
from mpcl_plugins.estimators.empirical_bayes import EmpiricalBayes

LABELS = ("x", "y", "z")
ACROSS = np.array([1.0, -1.0, 0.0]) / np.sqrt(2)
ALONG = np.array([1.0, 1.0, -2.0]) / np.sqrt(6)


def study(subjects: int = 300, trials: int = 6) -> WindowSet:
    """Build people who differ along one direction of log-ratios, and trials that differ along another.

    Returns:
        One window a trial.
    """
    rng = np.random.default_rng(0)
    own = rng.standard_normal((subjects, 1)).repeat(trials, 0) * 0.5 * ACROSS
    logits = own + rng.standard_normal((subjects * trials, 1)) * (0.5 * ALONG) + 0.05 * rng.standard_normal((1, 3))
    D = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    names = np.array([f"s{i:03d}" for i in range(subjects)]).repeat(trials)
    return WindowSet((), {}, {}, D, LABELS, subject=names, trial=np.tile([f"t{i}" for i in range(trials)], subjects))


def test_directions_in_which_people_differ_are_trusted_and_others_are_not() -> None:
    windows = study()
    fitted = EmpiricalBayes(mixing=(0.0,)).fit(windows)
    shift = clr(fitted.predict(windows)) - clr(windows.D.mean(0, keepdims=True))
    own = clr(windows.D).reshape(-1, 6, 3).mean(1).repeat(6, 0) - clr(windows.D).mean(0)
    np.testing.assert_allclose(shift @ ACROSS, own @ ACROSS, atol=0.05)
    assert np.abs(shift @ ALONG).mean() < 0.1 * np.abs(own @ ALONG).mean()


@pytest.mark.slow
def test_covariances_are_chosen_where_they_predict_later_trials_better() -> None:
    assert EmpiricalBayes(trials=2).fit(study()).rho < 0.5


def test_first_trials_that_differ_for_everybody_shift_nobody() -> None:
    windows = study(subjects=40)
    y = np.log(windows.D).reshape(40, 6, 3)
    y[:, :2] += 0.8 * ACROSS  # what everybody states at first, in the direction in which people differ
    shifted = softmax(y.reshape(-1, 3), axis=1)
    known = np.arange(240) % 6 < 2
    known[6:] = True  # of the first person only two trials are known
    fitted = WindowSet((), {}, {}, shifted[known], LABELS, subject=windows.subject[known], trial=windows.trial[known])
    errors = {}
    for centre in ("all", "first"):
        D_pred = EmpiricalBayes(trials=2, mixing=(0.0,), centre=centre).fit(fitted).predict(windows)[5:6]
        errors[centre] = np.abs((clr(D_pred) - clr(shifted[2:6]).mean(0)) @ ACROSS).item()
    assert errors["first"] < errors["all"] - 0.1


def test_the_last_of_the_first_trials_counts_most() -> None:
    windows = study(subjects=40, trials=3)
    fitted = EmpiricalBayes(mixing=(0.0,), recency=1e6).fit(windows)
    shift = clr(fitted.predict(windows))[::3] - clr(windows.D.mean(0, keepdims=True))
    last = clr(windows.D)[2::3] - clr(windows.D).mean(0)
    assert np.corrcoef(shift @ ACROSS, last @ ACROSS)[0, 1] > 0.999


def test_a_stranger_gets_the_mean() -> None:
    windows = study(subjects=20)
    stranger = WindowSet((), {}, {}, windows.D[:2], LABELS, subject=np.array(["new", ""]))
    np.testing.assert_allclose(EmpiricalBayes().fit(windows).predict(stranger), [windows.D.mean(0)] * 2)


def test_people_who_do_not_differ_get_nearly_the_mean() -> None:
    windows = study(subjects=50)
    mixed = np.random.default_rng(1).permutation(len(windows))
    shuffled = WindowSet((), {}, {}, windows.D[mixed], LABELS, subject=windows.subject, trial=windows.trial)
    shift = EmpiricalBayes().fit(shuffled).predict(shuffled) - shuffled.D.mean(0)
    assert np.abs(shift).mean() < 0.02


def test_a_single_subject_is_predicted_with_its_mean_of_all_trials() -> None:
    windows = study(subjects=1)
    np.testing.assert_allclose(EmpiricalBayes().fit(windows).predict(windows), [windows.D.mean(0)] * 6)


@pytest.mark.parametrize("mixing", [(), (1.5,)])
def test_mixing_must_hold_shares(mixing: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        EmpiricalBayes(mixing=mixing)


def test_it_keeps_the_contract() -> None:
    assert testing.failures(EmpiricalBayes) == {}
