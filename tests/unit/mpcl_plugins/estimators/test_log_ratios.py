"""Log-ratios and back; groups that are left out in turn."""

import numpy as np
import pytest

from mpcl_core.testing.sample_data import study
from mpcl_plugins.estimators._log_ratios import LEAST, check_alphas, clr, divergence, inner_folds, shift_log_ratios

D = np.random.default_rng(0).dirichlet(np.ones(4), 6)


def test_log_ratios_are_centred_and_shifting_by_them_inverts_them() -> None:
    centred = clr(D)
    np.testing.assert_allclose(centred.sum(1), 0, atol=1e-12)
    np.testing.assert_allclose(shift_log_ratios(np.full(4, 0.25), centred), D, atol=1e-12)


def test_no_deviation_gives_the_centre_whether_shared_or_not() -> None:
    np.testing.assert_allclose(shift_log_ratios(D, np.zeros_like(D)), D)
    np.testing.assert_allclose(shift_log_ratios(D[0], np.zeros_like(D)), np.tile(D[0], (6, 1)))


def test_share_of_zero_counts_as_the_least() -> None:
    found = clr(np.array([[1.0, 0.0]]))
    assert found[0, 0] - found[0, 1] == pytest.approx(-np.log(LEAST))


def test_large_deviations_stay_finite() -> None:
    found = shift_log_ratios(np.array([0.5, 0.5]), np.array([[900.0, -900.0]]))
    np.testing.assert_allclose(found, [[1.0, 0.0]], atol=1e-12)


def test_divergence_by_hand() -> None:
    np.testing.assert_allclose(divergence(D, D), 0, atol=1e-12)
    found = divergence(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[0.25, 0.75], [0.0, 1.0]]))
    np.testing.assert_allclose(found, [0.5 * np.log(2) + 0.5 * np.log(2 / 3), np.log(1e12)])


@pytest.mark.parametrize("alphas", [[], [0.0], [1.0, -1.0], [np.nan], [np.inf]])
def test_penalties_are_numbers_above_zero(alphas: list[float]) -> None:
    check_alphas([0.1, 10.0])
    with pytest.raises(ValueError, match="must hold numbers above 0"):
        check_alphas(alphas)


def test_subjects_are_left_out_then_trials_then_windows() -> None:
    windows = study(7, 2, 2)
    folds = list(inner_folds(windows))
    assert len(folds) == 5
    for fit, left in folds:
        assert not set(windows.subject[fit]) & set(windows.subject[left])
    one_subject = windows.take(np.flatnonzero(windows.subject == "S00"))
    assert [sorted(set(one_subject.trial[left])) for _, left in inner_folds(one_subject)] in (
        [["t0"], ["t1"]],
        [["t1"], ["t0"]],
    )
    one_trial = one_subject.take(np.flatnonzero(one_subject.trial == "t0"))
    assert sorted(int(left[0]) for _, left in inner_folds(one_trial)) == [0, 1]
    assert list(inner_folds(one_trial.take(np.arange(1)))) == []
