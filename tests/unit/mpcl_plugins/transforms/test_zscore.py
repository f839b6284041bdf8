"""Normalisation against a loop over channels, and what it must not touch."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.zscore import ZScore

MODALITIES = (Modality("eeg", 3, 50, 25.0), Modality("face", 2, 4))


def study(n: int, seed: int = 0, subjects: tuple[str, ...] = ("a", "b", "c")) -> WindowSet:
    """Rows of an eeg signal and a table of face features, each absent in some."""
    rng = np.random.default_rng(seed)
    subject = np.array([subjects[i % len(subjects)] for i in range(n)])
    offset = np.array([10.0 * subjects.index(one) for one in subject])[:, None, None]
    X = {m.name: (rng.normal(3, 5, (n, m.n_chans, m.n_times or 0)) + offset).astype(np.float32) for m in MODALITIES}
    present = {m.name: rng.random(n) < 0.8 for m in MODALITIES}
    for name, values in X.items():
        values[~present[name]] = 0
    return WindowSet(
        MODALITIES, X, present, np.full((n, 2), 0.5), ("x", "y"), subject=subject, weight=rng.uniform(0.1, 5, n)
    )


def test_a_signal_is_normalised_by_channel() -> None:
    windows = study(40)
    out = ZScore().fit(windows).transform(windows).validate()
    here = windows.present["eeg"]
    for channel in range(3):
        values = windows.X["eeg"][here][:, channel].astype(np.float64).ravel()
        mean = sum(values) / len(values)
        deviation = np.sqrt(sum((values - mean) ** 2) / len(values))
        expected = (windows.X["eeg"][here][:, channel] - mean) / deviation
        np.testing.assert_allclose(out.X["eeg"][here][:, channel], expected, rtol=1e-5, atol=1e-6)


def test_a_table_is_normalised_by_entry() -> None:
    windows = study(40)
    out = ZScore().fit(windows).transform(windows)
    here = windows.present["face"]
    for channel in range(2):
        for feature in range(4):
            values = windows.X["face"][here][:, channel, feature].astype(np.float64)
            expected = (values - values.mean()) / values.std()
            np.testing.assert_allclose(out.X["face"][here][:, channel, feature], expected, rtol=1e-5, atol=1e-6)


def test_absent_windows_stay_zero_and_are_not_fitted() -> None:
    windows = study(40)
    out = ZScore().fit(windows).transform(windows)
    for name, present in windows.present.items():
        assert not out.X[name][~present].any()
        assert (~present).any()
        only = windows.take(np.flatnonzero(present))
        np.testing.assert_array_equal(ZScore().fit(only).transform(only).X[name], out.X[name][present])


def test_the_moments_are_those_of_the_fitting_windows() -> None:
    fitting, test = study(40, seed=1), study(20, seed=2)
    zscore = ZScore().fit(fitting)
    joint = zscore.transform(test)
    for row in range(len(test)):
        alone = zscore.transform(test.take(np.array([row])))
        for name in test.X:
            np.testing.assert_array_equal(alone.X[name][0], joint.X[name][row])
    mean, deviation = (
        getattr(fitting.X["eeg"][fitting.present["eeg"]].astype(np.float64), of)((0, 2)) for of in ("mean", "std")
    )
    here = test.present["eeg"]
    expected = (test.X["eeg"][here] - mean[:, None]) / deviation[:, None]
    np.testing.assert_allclose(joint.X["eeg"][here], expected, rtol=1e-5, atol=1e-6)


def test_only_the_signals_change_and_the_input_is_unchanged() -> None:
    windows = study(10)
    before = {name: values.copy() for name, values in windows.X.items()}
    out = ZScore().fit(windows).transform(windows)
    for name, values in before.items():
        np.testing.assert_array_equal(windows.X[name], values)
        assert out.X[name].dtype == np.float32
        assert not np.array_equal(out.X[name], values)
    np.testing.assert_array_equal(out.weight, windows.weight)
    np.testing.assert_array_equal(out.subject, windows.subject)
    assert ZScore().outputs(MODALITIES) == MODALITIES


def test_weights_have_no_effect() -> None:
    windows = study(30)
    light = replace(windows, weight=np.ones(30))
    one, other = (ZScore().fit(rows).transform(windows) for rows in (windows, light))
    np.testing.assert_array_equal(one.X["eeg"], other.X["eeg"])


@pytest.mark.parametrize("value", [0.0, 0.1, 12345.678])
def test_constant_features_become_zero(value: float) -> None:
    windows = study(30)
    windows.X["eeg"][windows.present["eeg"], 1] = value
    windows.X["face"][windows.present["face"], 0, 2] = value
    out = ZScore().fit(windows).transform(windows).validate()
    np.testing.assert_allclose(out.X["eeg"][:, 1], 0, atol=1e-6)
    np.testing.assert_allclose(out.X["face"][:, 0, 2], 0, atol=1e-6)
    assert out.X["eeg"][windows.present["eeg"], 0].std() == pytest.approx(1, abs=1e-5)


def test_a_large_offset_keeps_precision() -> None:
    """A skin temperature of 36.5 ± 0.01, say, or raw counts far from zero."""
    windows = study(200)
    windows.X["eeg"] = (1e4 + windows.X["eeg"] / 10) * windows.present["eeg"][:, None, None].astype(np.float32)
    out = ZScore().fit(windows).transform(windows).X["eeg"][windows.present["eeg"]].astype(np.float64)
    np.testing.assert_allclose(out.mean((0, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(out.std((0, 2)), 1, atol=1e-6)


def test_a_modality_absent_from_all_fitting_windows_is_unchanged() -> None:
    fitting, test = study(10, seed=1), study(10, seed=2)
    fitting.X["face"][:] = 0
    fitting.present["face"][:] = False
    out = ZScore().fit(fitting).transform(test)
    np.testing.assert_array_equal(out.X["face"], test.X["face"])


def test_scope_subject_removes_differences_between_subjects() -> None:
    windows = study(90)
    out = ZScore(scope="subject").fit(windows).transform(windows)
    for subject in "abc":
        here = windows.present["eeg"] & (windows.subject == subject)
        np.testing.assert_allclose(out.X["eeg"][here].mean((0, 2)), 0, atol=1e-5)
        np.testing.assert_allclose(out.X["eeg"][here].std((0, 2)), 1, atol=1e-5)


def test_a_known_subject_is_normalised_by_all_its_windows_and_a_new_one_by_its_own() -> None:
    """A few calibration rows say too little of a subject's mean and spread to normalise the others by."""
    fitting = study(12, seed=1, subjects=("a", "b"))
    test = study(60, seed=2, subjects=("b", "c"))
    out = ZScore(scope="subject").fit(fitting).transform(test)
    for subject, sources in (("b", (fitting, test)), ("c", (test,))):
        for name, axes in (("eeg", (0, 2)), ("face", (0,))):
            rows = np.concatenate([s.X[name][s.present[name] & (s.subject == subject)] for s in sources], dtype=float)
            mean, deviation = rows.mean(axes, keepdims=True), rows.std(axes, keepdims=True)
            here = test.present[name] & (test.subject == subject)
            expected = (test.X[name][here] - mean) / deviation
            np.testing.assert_allclose(out.X[name][here], expected, rtol=1e-5, atol=1e-5)


def test_scope_sample_normalises_each_window_alone() -> None:
    windows = replace(study(20), modalities=MODALITIES[:1])
    windows = replace(windows, X={"eeg": windows.X["eeg"]}, present={"eeg": windows.present["eeg"]})
    windows.X["eeg"][3, 1] = 7.25
    windows.present["eeg"][3] = True
    zscore = ZScore(scope="sample").fit(windows)
    out = zscore.transform(windows).validate()
    for row in np.flatnonzero(windows.present["eeg"]).tolist():
        for channel in range(3):
            x = windows.X["eeg"][row, channel].astype(np.float64)
            expected = (x - x.mean()) / (x.std() or 1.0)
            np.testing.assert_allclose(out.X["eeg"][row, channel], expected, rtol=1e-5, atol=1e-6)
    assert not out.X["eeg"][~windows.present["eeg"]].any()
    assert not zscore.transductive


def test_scope_sample_refuses_tables() -> None:
    with pytest.raises(DataError, match="over time") as error:
        ZScore(scope="sample").outputs(MODALITIES)
    assert error.value.field == "face"


def test_transform_does_not_change_the_state() -> None:
    fitting, test = study(30, seed=1, subjects=("a",)), study(40, seed=2, subjects=("c",))
    zscore = ZScore(scope="subject").fit(fitting)
    half = test.take(np.arange(20))
    expected = zscore.transform(half)
    zscore.transform(test)
    np.testing.assert_array_equal(zscore.transform(half).X["eeg"], expected.X["eeg"])


def test_fitting_again_replaces_the_state() -> None:
    one, other = study(30, seed=1), study(30, seed=2)
    for scope in ("train", "subject"):
        twice = ZScore(scope=scope).fit(one).fit(other)
        once = ZScore(scope=scope).fit(other)
        np.testing.assert_array_equal(twice.transform(one).X["eeg"], once.transform(one).X["eeg"])


def test_labels_have_no_effect() -> None:
    windows = study(30)
    other = replace(windows, D=np.tile([0.9, 0.1], (30, 1)))
    np.testing.assert_array_equal(
        ZScore().fit(windows).transform(windows).X["eeg"], ZScore().fit(other).transform(other).X["eeg"]
    )


def test_scope_subject_is_transductive() -> None:
    assert not ZScore().transductive
    assert ZScore(scope="subject").transductive


def test_scope_subject_needs_subjects() -> None:
    nameless = study(9, subjects=("a", ""))
    with pytest.raises(DataError, match="needs a subject") as error:
        ZScore(scope="subject").fit(nameless)
    assert (error.value.field, error.value.row) == ("subject", 1)
    ZScore().fit(nameless)
