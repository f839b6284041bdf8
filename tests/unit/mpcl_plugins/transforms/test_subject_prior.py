"""What a subject said before: from fitting rows alone, and never from the row's own trial."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.subject_prior import SubjectPrior


def study(subjects: str = "abc", trials: int = 5, windows: int = 2, seed: int = 0) -> WindowSet:
    D = np.random.default_rng(seed).dirichlet(np.ones(3), len(subjects) * trials).repeat(windows, axis=0)
    return WindowSet(
        (),
        {},
        {},
        D,
        ("x", "y", "z"),
        subject=np.repeat(list(subjects), trials * windows),
        trial=np.tile(np.repeat([f"t{9 - i}" for i in range(trials)], windows), len(subjects)),
        weight=np.ones(len(D)),
    )


def test_the_first_other_trials_are_averaged() -> None:
    windows = study()
    out = SubjectPrior(emotions=3, trials=2).fit(windows).transform(windows).validate()
    grand = windows.D.mean(0)
    for subject in range(3):
        D = windows.D[subject * 10 : subject * 10 + 10 : 2]
        for trial in range(5):
            others = [D[i] for i in range(5) if i != trial][:2]
            expected = np.log(sum(others) / 2) - np.log(grand)
            for window in range(2):
                row = subject * 10 + trial * 2 + window
                np.testing.assert_allclose(out.X["said_before"][row, 0], expected, rtol=1e-5, atol=1e-6)


def test_first_trials_are_compared_with_the_first_trials_of_all_and_the_last_of_them_counts_most() -> None:
    windows = study(windows=1)
    prior = SubjectPrior(emotions=3, trials=2, centre="first", recency=3.0)
    out = prior.fit(windows).transform(windows).X["said_before"][:, 0].reshape(3, 5, 3)
    D = windows.D.reshape(3, 5, 3)
    first = 0.25 * D[:, 0] + 0.75 * D[:, 1]
    np.testing.assert_allclose(out[:, 2:], (np.log(first) - np.log(first.mean(0)))[:, None].repeat(3, 1), atol=1e-6)
    own = 0.25 * D[:, 1] + 0.75 * D[:, 2]  # of the first trial itself nothing is averaged
    np.testing.assert_allclose(out[:, 0], np.log(own) - np.log(first.mean(0)), atol=1e-6)


def test_the_table_is_absent_for_a_new_subject() -> None:
    out = SubjectPrior(emotions=3).fit(study("ab")).transform(study("bz"))
    assert out.present["said_before"].tolist() == [True] * 10 + [False] * 10
    assert not out.X["said_before"][10:].any()
    out.validate()


def test_the_own_trial_is_never_averaged() -> None:
    windows = study("ab", trials=1)
    assert not SubjectPrior(emotions=3).fit(windows).transform(windows).present["said_before"].any()


def test_labels_of_transformed_windows_are_never_used() -> None:
    fitting, test = study("ab"), study("ab", seed=1)
    fitted = SubjectPrior(emotions=3).fit(fitting)
    changed = replace(test, D=test.D[::-1].copy())
    np.testing.assert_array_equal(fitted.transform(test).X["said_before"], fitted.transform(changed).X["said_before"])


def test_fitting_again_replaces_the_state() -> None:
    fitted = SubjectPrior(emotions=3).fit(study("a")).fit(study("b"))
    assert not fitted.transform(study("a")).present["said_before"].any()


def test_windows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="expects 4 emotions, but the study has 3"):
        SubjectPrior(emotions=4).fit(study())
    with pytest.raises(DataError, match="needs a subject in every window"):
        SubjectPrior(emotions=3).fit(replace(study(), subject=np.full(30, "")))
    with pytest.raises(DataError, match="already a modality of that name"):
        SubjectPrior(emotions=3).outputs((Modality("said_before", 1, 3),))
    with pytest.raises(ValueError, match="trials is 0"):
        SubjectPrior(emotions=3, trials=0)
