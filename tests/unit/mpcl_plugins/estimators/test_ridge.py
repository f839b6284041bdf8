"""Ridge against the normal equations written out, and what it must not see."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_plugins.estimators.empirical_bayes import EmpiricalBayes
from mpcl_plugins.estimators.ridge import Ridge
from mpcl_plugins.estimators.subject_mean import SubjectMean
from support.ridge_study import study


def written_out(windows: WindowSet, alpha: float, Y: np.ndarray) -> np.ndarray:
    """B x of every row: the minimum of Σ w (y − B x)² + α Σ w B²."""
    X = np.concatenate([windows.X["a"].reshape(len(windows), -1), windows.X["b"].reshape(len(windows), -1)], axis=1)
    w = windows.weight / windows.weight.sum()
    X = X.astype(np.float64) - w @ X
    X /= np.sqrt(w @ X**2)
    B = np.linalg.solve(X.T @ (w[:, None] * X) + alpha * np.eye(X.shape[1]), X.T @ (w[:, None] * (Y - w @ Y)))
    deviation: np.ndarray = X @ B
    return deviation


def test_it_solves_the_normal_equations() -> None:
    windows = study()
    mean = np.average(windows.D, axis=0, weights=windows.weight)
    expected = mean + written_out(windows, 2.0, windows.D)
    np.testing.assert_allclose(Ridge(alphas=(2.0,)).fit(windows).predict(windows), expected, atol=1e-8)


def test_log_ratios_solve_the_normal_equations() -> None:
    windows = study()
    mean = np.average(windows.D, axis=0, weights=windows.weight)
    clr = np.log(windows.D) - np.log(windows.D).mean(1, keepdims=True)
    raised = np.exp(np.log(mean) + written_out(windows, 0.5, clr))
    model = Ridge(alphas=(0.5,), space="log_ratio").fit(windows)
    np.testing.assert_allclose(model.predict(windows), raised / raised.sum(1, keepdims=True), atol=1e-8)


@pytest.mark.parametrize("space", ["simplex", "log_ratio"])
def test_infinite_shrinkage_gives_the_mean(space: str) -> None:
    windows = study()
    D_pred = Ridge(alphas=(1e9,), space=space).fit(windows).predict(windows)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        D_pred, np.tile(np.average(windows.D, axis=0, weights=windows.weight), (80, 1)), atol=1e-6
    )


def test_alpha_is_small_where_there_is_signal_and_large_where_there_is_none() -> None:
    alphas = (0.01, 1.0, 100.0)
    assert Ridge(alphas=alphas).fit(study(signal=0.8)).alpha == 0.01
    assert Ridge(alphas=alphas).fit(study(signal=0.0)).alpha == 100.0


def test_alpha_is_chosen_with_subjects_left_out() -> None:
    """Features that only name the subject help where its other rows are seen, and not with new subjects."""
    windows = study(signal=0.0)
    name = np.unique(windows.subject, return_inverse=True)[1]
    rng = np.random.default_rng(1)
    X = {"a": rng.normal(size=(8, 1, 4)).astype(np.float32)[name], "b": windows.X["b"] * 0}
    D = rng.dirichlet(np.full(3, 5.0), 8)[name]
    windows = replace(windows, X=X, D=D)
    assert Ridge(alphas=(0.01, 100.0)).fit(windows).alpha == 100.0
    rows = replace(windows, subject=np.full(80, "one"), trial=np.full(80, ""))
    assert Ridge(alphas=(0.01, 100.0)).fit(rows).alpha == 0.01


def test_an_absent_modality_has_no_effect() -> None:
    windows = study()
    model = Ridge(alphas=(1.0,)).fit(windows)
    absent = replace(windows, present={name: np.zeros(80, bool) for name in windows.X}).with_signals(windows.X)
    absent = replace(absent, X={name: np.zeros_like(values) for name, values in windows.X.items()})
    mean = np.average(windows.D, axis=0, weights=windows.weight)
    np.testing.assert_allclose(model.predict(absent), np.tile(mean, (80, 1)), atol=1e-6)


def test_a_constant_feature_has_no_effect() -> None:
    windows = study()
    X = {**windows.X, "b": np.full_like(windows.X["b"], 7.0)}
    fitting, test = replace(windows, X=X), replace(windows, X={**X, "b": X["b"] + 1})
    model = Ridge(alphas=(1.0,)).fit(fitting)
    np.testing.assert_allclose(model.predict(test), model.predict(fitting))


def test_signals_are_described_by_mean_and_deviation() -> None:
    windows = study()
    sampled = replace(windows, modalities=(Modality("a", 1, 4, 2.0), Modality("b", 2, 3)))
    a = windows.X["a"]
    table = np.concatenate([a.mean(2, keepdims=True), a.std(2, keepdims=True)], axis=2)
    described = replace(
        windows, modalities=(Modality("a", 1, 2), Modality("b", 2, 3)), X={"a": table, "b": windows.X["b"]}
    )
    one, two = (Ridge(alphas=(1.0,)).fit(w).predict(w) for w in (sampled, described))
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_around_the_subject_infinite_shrinkage_gives_the_subjects_mean() -> None:
    windows = study()
    shift = np.linspace(0.01, 0.2, 8).repeat(10)[:, None] * [1, -0.5, -0.5]
    windows = replace(windows, D=0.5 * windows.D + 0.25 * (1 / 3 + shift) + 0.25 / 3)
    D_pred = Ridge(alphas=(1e9,), around="subject").fit(windows).predict(windows)
    np.testing.assert_allclose(D_pred, SubjectMean().fit(windows).predict(windows), atol=1e-6)


def test_around_the_subject_differences_between_people_are_not_fitted() -> None:
    """A feature that differs between subjects as their labels do, but not within, moves nothing."""
    windows = study(signal=0.0)
    level = np.linspace(-1, 1, 8).repeat(10)
    X = {"a": np.tile(level.astype(np.float32)[:, None, None], (1, 1, 4)), "b": 0 * windows.X["b"]}
    windows = replace(windows, X=X, D=windows.D + 0.05 * level[:, None] * [1, -1, 0])
    D_pred = Ridge(alphas=(0.01,), around="subject").fit(windows).predict(windows)
    np.testing.assert_allclose(D_pred, SubjectMean().fit(windows).predict(windows), atol=1e-4)


def test_around_the_subject_another_estimator_predicts_its_centre() -> None:
    windows = study(signal=0.0)
    person = EmpiricalBayes(mixing=(1.0,))
    fitted = Ridge(alphas=(1e9,), space="log_ratio", around="subject", person=person).fit(windows)
    expected = EmpiricalBayes(mixing=(1.0,)).fit(windows).predict(windows)
    np.testing.assert_allclose(fitted.predict(windows), expected, atol=1e-6)
    loaded = Ridge(alphas=(1e9,), space="log_ratio", around="subject", person=person)
    loaded.load_state_dict(fitted.state_dict())
    np.testing.assert_array_equal(loaded.predict(windows), fitted.predict(windows))
    with pytest.raises(ValueError, match="needs around: subject"):
        Ridge(person=person)


@pytest.mark.parametrize("alphas", [(), (0.0,), (1.0, float("inf"))])
def test_bad_alphas_are_refused(alphas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="alphas is"):
        Ridge(alphas=alphas)


def test_deviation_uses_the_named_modalities_and_its_centre_all() -> None:
    windows, other = study(signal=0.8), study(signal=0.8)
    other.X["b"][:] = 7.0
    chosen, same = (Ridge(modalities=("a",)).fit(each).predict(each) for each in (windows, other))
    np.testing.assert_array_equal(chosen, same)
    assert not np.array_equal(chosen, Ridge().fit(windows).predict(windows))
    person = Ridge(alphas=(1.0,), modalities=("b",))
    fitted = Ridge(alphas=(1e9,), around="subject", person=person, modalities=("a",)).fit(windows)
    centre = Ridge(alphas=(1.0,), modalities=("b",)).fit(windows).predict(windows)
    np.testing.assert_allclose(fitted.predict(windows), centre, atol=1e-6)
    loaded = Ridge(alphas=(1e9,), around="subject", person=person, modalities=("a",))
    loaded.load_state_dict(fitted.state_dict())
    np.testing.assert_array_equal(loaded.predict(windows), fitted.predict(windows))
    with pytest.raises(ValueError, match="must name at least one"):
        Ridge(modalities=())
