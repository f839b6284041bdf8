"""A subject's own mean, drawn towards everyone's."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.estimators.subject_mean import SubjectMean

LABELS = ("x", "y", "z")


def study(between: float, within: float, subjects: int = 200, trials: int = 4, seed: int = 0) -> WindowSet:
    """Subjects whose means scatter by ``between`` around the middle, and trials by ``within`` around those."""
    rng = np.random.default_rng(seed)
    own = (between * rng.standard_normal(subjects)).repeat(trials)
    shift = own + within * rng.standard_normal(subjects * trials)
    D = np.stack([1 / 3 + shift, 1 / 3 - shift, np.full_like(shift, 1 / 3)], axis=1)
    subject = np.array([f"s{i}" for i in range(subjects)]).repeat(trials)
    return WindowSet((), {}, {}, D, LABELS, subject=subject, trial=np.tile([f"t{i}" for i in range(trials)], subjects))


def test_shares_follow_the_shrinkage() -> None:
    windows = study(0.05, 0.02, subjects=3)
    D_pred = SubjectMean(shrinkage=2.0).fit(windows).predict(windows)
    for i in range(3):
        own = windows.D[4 * i : 4 * i + 4].mean(0)
        np.testing.assert_allclose(D_pred[4 * i], (4 * own + 2 * windows.D.mean(0)) / 6)


def test_trials_count_alike_however_many_windows_they_have() -> None:
    D = np.array([[1.0, 0, 0]] * 5 + [[0, 1.0, 0]])
    windows = WindowSet(
        (),
        {},
        {},
        D,
        LABELS,
        subject=np.full(6, "a"),
        trial=np.array([*"ttttt", "u"]),
        weight=np.array([0.2] * 5 + [1]),
    )
    np.testing.assert_allclose(SubjectMean(shrinkage=0.0).fit(windows).predict(windows)[0], [0.5, 0.5, 0])


def test_a_new_subject_gets_the_mean() -> None:
    windows = study(0.05, 0.02)
    stranger = WindowSet((), {}, {}, windows.D[:2], LABELS, subject=np.array(["new", ""]))
    np.testing.assert_allclose(SubjectMean().fit(windows).predict(stranger), [windows.D.mean(0)] * 2)


def test_the_shrinkage_is_estimated_from_the_variances() -> None:
    """κ = σ² / τ² = 4 for twice the spread within: a subject with 4 trials is believed half."""
    windows = study(0.02, 0.04, subjects=4000)
    D_pred = SubjectMean().fit(windows).predict(windows)
    own = windows.D.reshape(-1, 4, 3).mean(1)[:, 0] - windows.D.mean(0)[0]
    shrunk = D_pred.reshape(-1, 4, 3)[:, 0, 0] - windows.D.mean(0)[0]
    assert np.polyfit(own, shrunk, 1)[0] == pytest.approx(0.5, abs=0.03)


def test_subjects_who_do_not_differ_get_the_mean() -> None:
    D = np.tile([[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]], (5, 1))
    windows = WindowSet((), {}, {}, D, LABELS, subject=np.array([*"aabbccddee"]), trial=np.array([*"tu" * 5]))
    np.testing.assert_allclose(SubjectMean().fit(windows).predict(windows), np.tile(D.mean(0), (10, 1)))


def test_a_bad_shrinkage_is_refused_with_its_value() -> None:
    with pytest.raises(ValueError, match=r"shrinkage is -1\.0"):
        SubjectMean(shrinkage=-1.0)
