"""Regressors of scikit-learn as estimators."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
from sklearn.utils.discovery import all_estimators

from mpcl_core import testing
from mpcl_core.cli.main import main
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.bridges.sklearn import Sklearn, _regressors


def features(windows: WindowSet) -> np.ndarray:
    """Compute mean and deviation of each channel of a signal, and the face's features as they are.

    Returns:
        Features (n f).
    """
    eeg, gsr, face = (windows.X[name].astype(float) for name in ("eeg", "gsr", "face"))
    gsr = np.where(windows.present["gsr"][:, None, None], gsr, np.nan)
    return np.concatenate([eeg.mean(2), eeg.std(2), gsr.mean(2), gsr.std(2), face.reshape(len(face), -1)], axis=1)


def halves() -> tuple[WindowSet, WindowSet]:
    windows = testing.study(3, 4)
    windows.weight = np.linspace(0.5, 1.5, len(windows))
    return windows.take(np.arange(0, len(windows), 2)), windows.take(np.arange(1, len(windows), 2))


def by_hand(train: WindowSet, test: WindowSet) -> tuple[np.ndarray, np.ndarray]:
    standard = StandardScaler().fit(features(train), sample_weight=train.weight)
    first, second = (np.nan_to_num(standard.transform(features(rows))) for rows in (train, test))
    return first, second


def test_it_equals_the_regressor_on_standardised_features_projected_to_the_simplex() -> None:
    train, test = halves()
    x, x_test = by_hand(train, test)
    raised = Ridge(alpha=0.01).fit(x, train.D, sample_weight=train.weight).predict(x_test).clip(1e-6)
    assert (raised == 1e-6).any(), "the rule of the simplex is not put to the test"
    D_pred = Sklearn(regressor="Ridge", parameters={"alpha": 0.01}).fit(train).predict(test)
    np.testing.assert_allclose(D_pred, raised / raised.sum(1, keepdims=True))


def test_a_regressor_with_one_output_is_fitted_for_each_share() -> None:
    train, test = halves()
    x, x_test = by_hand(train, test)
    raised = np.stack([SVR().fit(x, y, sample_weight=train.weight).predict(x_test) for y in train.D.T], axis=1)
    raised = raised.clip(1e-6)
    D_pred = Sklearn(regressor="SVR").fit(train).predict(test)
    np.testing.assert_allclose(D_pred, raised / raised.sum(1, keepdims=True))


def test_a_regressor_without_weights_is_fitted_unweighted() -> None:
    train, test = halves()
    heavier = train.take(np.arange(len(train)))
    heavier.weight = np.where(np.arange(len(train)) < 5, 20.0, 0.1)
    one, other = (Sklearn(regressor="PLSRegression").fit(rows).predict(test) for rows in (train, train))
    np.testing.assert_array_equal(one, other)
    weighed = [Sklearn(regressor="Ridge").fit(rows).predict(test) for rows in (train, heavier)]
    assert np.abs(weighed[0] - weighed[1]).max() > 1e-3


def test_a_random_regressor_is_reproducible_unless_the_recipe_states_a_seed() -> None:
    train, test = halves()
    few = {"n_estimators": 5}
    one, again = (Sklearn(regressor="ExtraTreesRegressor", parameters=few).fit(train).predict(test) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    other = Sklearn(regressor="ExtraTreesRegressor", parameters={**few, "random_state": 1}).fit(train).predict(test)
    assert np.abs(one - other).max() > 0


def test_an_absent_modality_is_replaced_by_its_mean() -> None:
    train, test = halves()
    model = Sklearn(regressor="Ridge").fit(train)
    without = test.take(np.arange(len(test)))
    without.present["gsr"][:] = False
    changed = test.take(np.arange(len(test)))
    changed.X["gsr"] = changed.X["gsr"] * 100 + 7
    changed.present["gsr"][:] = False
    np.testing.assert_array_equal(model.predict(without), model.predict(changed))
    nobody = train.take(np.arange(len(train)))
    nobody.present["gsr"][:] = False
    assert np.isfinite(Sklearn(regressor="Ridge").fit(nobody).predict(test)).all()


def test_every_regressor_of_the_library_is_known() -> None:
    assert sorted(_regressors()) == sorted(name for name, _ in all_estimators(type_filter="regressor"))


@pytest.mark.parametrize("name", ["KNeighborsRegressor", "DecisionTreeRegressor", "LinearRegression", "KernelRidge"])
def test_others_keep_the_contract(name: str) -> None:
    assert testing.failures(Sklearn, regressor=name) == {}


@pytest.mark.parametrize(
    ("regressor", "parameters", "message"),
    [
        ("Rigde", {}, "no regressor of scikit-learn named 'Rigde'. Did you mean 'Ridge'"),
        ("os.system", {}, "no regressor of scikit-learn named 'os.system'. There are: ARDRegression, "),
        ("Ridge", {"alhpa": 1.0}, "Ridge has no parameter 'alhpa'. Did you mean 'alpha'.*It takes: alpha, "),
        ("Ridge", {"alpha": -1.0}, "The 'alpha' parameter of Ridge must be a float in the range"),
        ("StackingRegressor", {}, "StackingRegressor: .*missing 1 required positional argument: 'estimators'"),
    ],
)
def test_bad_parameters_are_refused(
    regressor: str, parameters: dict[str, bool | int | float | str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Sklearn(regressor=regressor, parameters={**parameters})


def test_windows_that_the_regressor_refuses_are_a_data_error() -> None:
    with pytest.raises(DataError, match="'sklearn': Isotonic regression input X should be"):
        Sklearn(regressor="IsotonicRegression").fit(testing.study(2, 2))


RECIPE = """
name: r
source: {use: simulated, subjects: 2, trials: 2, seconds: 8}
prepare: [{use: window, length: 4.0, hop: 4.0}]
protocol: {use: loso}
estimator: {use: sklearn, regressor: %s, parameters: {n_neighbors: %s}}
"""


def test_mistakes_in_a_recipe_have_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(RECIPE % ("KNeighborsRegressor", 2))
    assert main(["check", str(recipe)]) == 0
    for wrong, message in {
        ("KNeighborRegressor", "2"): "Did you mean 'KNeighborsRegressor'",
        ("KNeighborsRegressor", "-2"): "The 'n_neighbors' parameter of KNeighborsRegressor must be",
        ("KNeighborsRegressor", "{a: 1}"): "estimator.parameters.n_neighbors: expected ",
    }.items():
        recipe.write_text(RECIPE % wrong)
        capsys.readouterr()
        assert main(["check", str(recipe)]) == 2
        printed = capsys.readouterr().err
        assert printed.startswith(f"{recipe}:6:")
        assert message in printed
