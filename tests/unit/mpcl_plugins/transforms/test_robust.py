"""Normalisation by quartiles, against plain loops, and what it must not see or touch."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms.robust import Robust

MODALITIES = (Modality("eeg", 3, 50, 25.0), Modality("face", 2, 4))


def study(n: int, seed: int = 0, subjects: tuple[str, ...] = ("a", "b", "c")) -> WindowSet:
    """Rows of an eeg signal and a table of face features, each absent in some."""
    rng = np.random.default_rng(seed)
    subject = np.array([subjects[i % len(subjects)] for i in range(n)])
    offset = np.array([10.0 * subjects.index(one) for one in subject])[:, None, None]
    X = {m.name: (rng.normal(3, 5, (n, m.n_chans, m.n_times or 0)) + offset).astype(np.float32) for m in MODALITIES}
    present = {m.name: rng.random(n) < 0.8 for m in MODALITIES}
    made = WindowSet(MODALITIES, X, present, np.full((n, 2), 0.5), ("x", "y"), subject=subject)
    return made.with_signals(X)


def signals(windows: WindowSet) -> WindowSet:
    """The rows without the table."""
    eeg = {"eeg": windows.X["eeg"]}
    return replace(windows, modalities=MODALITIES[:1], X=eeg, present={"eeg": windows.present["eeg"]})


def quartile(values: list[float], share: float) -> float:
    """The straight line between the two ordered values around share · (n − 1)."""
    ordered, place = sorted(values), share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def expected(values: np.ndarray, source: np.ndarray) -> np.ndarray:
    """(values − median) / (upper − lower quartile), of all numbers in source."""
    numbers = source.astype(np.float64).ravel().tolist()
    return (values - quartile(numbers, 0.5)) / (quartile(numbers, 0.75) - quartile(numbers, 0.25))


def here(windows: WindowSet, name: str, subject: str | None = None) -> np.ndarray:
    chosen = np.ones(len(windows), bool) if subject is None else windows.subject == subject
    return windows.X[name][windows.present[name] & chosen]


def test_a_signal_is_normalised_by_channel_and_a_table_by_entry() -> None:
    windows = study(41)
    out = Robust().fit(windows).transform(windows).validate()
    eeg, face = here(windows, "eeg"), here(windows, "face")
    for c in range(3):
        np.testing.assert_allclose(here(out, "eeg")[:, c], expected(eeg[:, c], eeg[:, c]), rtol=1e-4, atol=1e-5)
    for c in range(2):
        for f in range(4):
            wanted = expected(face[:, c, f], face[:, c, f])
            np.testing.assert_allclose(here(out, "face")[:, c, f], wanted, rtol=1e-4, atol=1e-5)
    assert all(not out.X[name][~present].any() for name, present in windows.present.items())


def test_few_artefacts_hardly_change_the_result() -> None:
    windows = study(90)
    torn = windows.take(np.arange(90))
    torn.X["eeg"][np.flatnonzero(windows.present["eeg"])[:3]] = 1e6
    clean, other = (Robust().fit(one).transform(windows).X["eeg"] for one in (windows, torn))
    assert np.abs(clean - other).max() < 0.3


def test_the_quartiles_are_those_of_the_fitting_windows() -> None:
    fitting, test = study(40, seed=1), study(20, seed=2)
    robust = Robust().fit(fitting)
    out = robust.transform(test)
    for c in range(3):
        wanted = expected(here(test, "eeg")[:, c], here(fitting, "eeg")[:, c])
        np.testing.assert_allclose(here(out, "eeg")[:, c], wanted, rtol=1e-4, atol=1e-5)
    for row in range(len(test)):
        alone = robust.transform(test.take(np.array([row])))
        for name in test.X:
            np.testing.assert_array_equal(alone.X[name][0], out.X[name][row])


def test_a_subject_is_normalised_by_its_fitting_and_its_present_windows() -> None:
    fitting, test = study(60, seed=1, subjects=("a", "b")), study(60, seed=2, subjects=("b", "c"))
    out = Robust(scope="subject").fit(fitting).transform(test).validate()
    both = np.concatenate([here(fitting, "eeg", "b"), here(test, "eeg", "b")])
    for subject, source in (("b", both), ("c", here(test, "eeg", "c"))):
        for c in range(3):
            wanted = expected(here(test, "eeg", subject)[:, c], source[:, c])
            np.testing.assert_allclose(here(out, "eeg", subject)[:, c], wanted, rtol=1e-4, atol=1e-5)


def test_a_sample_is_normalised_by_itself() -> None:
    fitting, test = signals(study(30, seed=1)), signals(study(20, seed=2))
    out = Robust(scope="sample").fit(fitting).transform(test).validate()
    for row in np.flatnonzero(test.present["eeg"]):
        for c in range(3):
            x = test.X["eeg"][row, c]
            np.testing.assert_allclose(out.X["eeg"][row, c], expected(x, x), rtol=1e-4, atol=1e-5)
    assert not out.X["eeg"][~test.present["eeg"]].any()
    np.testing.assert_array_equal(Robust(scope="sample").fit(test).transform(test).X["eeg"], out.X["eeg"])


def test_scope_sample_refuses_tables() -> None:
    for call in (lambda: Robust(scope="sample").outputs(MODALITIES), lambda: Robust(scope="sample").fit(study(9))):
        with pytest.raises(DataError, match="face: scope 'sample' normalises over time"):
            call()


@pytest.mark.parametrize("scope", ["train", "subject", "sample"])
def test_equal_quartiles_leave_the_scale(scope: str) -> None:
    windows = signals(study(30))
    windows.X["eeg"][:, 1] = 12345.678
    windows.X["eeg"][:, 1, ::5] += 3  # a fifth of the samples: both quartiles stay
    out = Robust(scope=scope).fit(windows).transform(windows.with_signals(windows.X)).validate()  # type: ignore[arg-type]
    found = here(out, "eeg")[:, 1]
    np.testing.assert_allclose(found[:, 1:5], 0, atol=1e-6)
    np.testing.assert_allclose(found[:, ::5], 3, atol=0.01)


@pytest.mark.parametrize("scope", ["train", "subject", "sample"])
def test_labels_and_earlier_calls_have_no_effect(scope: str) -> None:
    one, other = signals(study(30, seed=1)), signals(study(30, seed=2))
    before = {name: values.copy() for name, values in one.X.items()}
    robust = Robust(scope=scope).fit(other).fit(one)  # type: ignore[arg-type]
    robust.transform(other)
    out = robust.transform(one)
    relabelled = replace(one, D=np.tile([0.9, 0.1], (30, 1)))
    again = Robust(scope=scope).fit(relabelled).transform(relabelled)  # type: ignore[arg-type]
    for name, values in before.items():
        np.testing.assert_array_equal(out.X[name], again.X[name])
        np.testing.assert_array_equal(one.X[name], values)
        assert out.X[name].dtype == np.float32
    assert robust.outputs(one.modalities) == out.modalities == one.modalities


def test_a_modality_absent_from_all_fitting_windows_is_unchanged() -> None:
    fitting, test = study(10, seed=1), study(10, seed=2)
    fitting.present["face"][:] = False
    out = Robust().fit(fitting.with_signals(fitting.X)).transform(test)
    np.testing.assert_array_equal(out.X["face"], test.X["face"])


def test_scope_subject_is_transductive_and_needs_subjects() -> None:
    assert [Robust(scope=scope).transductive for scope in ("train", "subject", "sample")] == [False, True, False]
    nameless = study(9, subjects=("a", ""))
    with pytest.raises(DataError, match="needs a subject") as error:
        Robust(scope="subject").fit(nameless)
    assert (error.value.field, error.value.row) == ("subject", 1)
    Robust().fit(nameless)
