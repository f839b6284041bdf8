"""A recipe as an estimator of scikit-learn: scikit-learn's checks, folds by subject, and rejected arguments."""

import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from scipy.special import softmax
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    LeaveOneGroupOut,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.utils.estimator_checks import parametrize_with_checks

from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import RecipeError, UsageError
from mpcl_core.sklearn import MPCLEstimator, arrays
from support.paths import ROOT

FEATURES = ROOT / "tests" / "support" / "features.yaml"
MPCL = ROOT / "mpcl_core" / "recipes" / "described.yaml"
GUIDE = ROOT / "docs" / "how-to" / "scikit-learn.md"
SMALL = ("source.subjects=3", "source.trials=3", "source.seconds=12", "train.epochs=2")


class NumbersAsShares(MPCLEstimator):
    """Convert the numbers that scikit-learn's checks train regressors on to two shares."""

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> "NumbersAsShares":
        super().fit(X, _shares(y), groups, sample_weight)
        return self

    def score(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> float:
        return super().score(X, _shares(y), sample_weight, groups)


def _shares(y: Any) -> Any:
    if y is None or np.iscomplexobj(numbers := np.asarray(y)):
        return y
    if not np.isfinite(numbers.astype(float)).all():
        return y
    logits = numbers.astype(float).reshape(len(numbers), -1)
    logits = np.hstack([logits, np.zeros_like(logits)]) if logits.shape[1] == 1 else logits
    return softmax(logits, axis=1)


EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": "a window of weight 2 does not equal two windows, since "
    "batches and validation windows are drawn among windows",
    "check_regressors_train": "one number a window becomes two shares, so that the prediction has another shape",
}
"""The checks that cannot pass, and why; docs/how-to/scikit-learn.md lists them."""


@pytest.mark.slow
@parametrize_with_checks([NumbersAsShares(FEATURES, random_state=0)], expected_failed_checks=lambda _: EXPECTED)
def test_estimator_passes_the_checks_of_scikit_learn(estimator: NumbersAsShares, check: Any) -> None:
    check(estimator)


def study(subjects: int = 4, windows: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features of several subjects that determine the distribution."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(subjects * windows, 6)).astype(np.float32)
    logits = 2 * X[:, :3]
    y = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return X, y, np.repeat(np.arange(subjects), windows)


def test_estimator_learns_and_its_score_is_minus_the_mean_divergence() -> None:
    X, y, groups = study(6, 30)
    model = MPCLEstimator(FEATURES, sets=("train.epochs=40",), random_state=0).fit(X, y, groups)
    D_pred = model.predict(X)
    np.testing.assert_allclose(D_pred.sum(1), 1)
    assert model.score(X, y) == pytest.approx(-window_scores(y, D_pred).by_metric["kl_divergence"].mean())
    assert (
        model.score(X, y) > 0.5 * -window_scores(y, np.tile(y.mean(0), (len(y), 1))).by_metric["kl_divergence"].mean()
    )
    heavy = np.where(groups == 0, 1.0, 0.0)
    assert model.score(X, y, heavy) == pytest.approx(model.score(X[groups == 0], y[groups == 0]))


@pytest.mark.slow
def test_cross_validation_by_subject_equals_fits_on_the_other_subjects() -> None:
    X, y, groups = study()
    model = MPCLEstimator(FEATURES, random_state=3)
    options = {"groups": groups, "cv": LeaveOneGroupOut(), "params": {"groups": groups}}
    D_pred = cross_val_predict(model, X, y, **options)
    for subject in range(4):
        rest = groups != subject
        expected = clone(model).fit(X[rest], y[rest], groups=groups[rest]).predict(X[~rest])
        np.testing.assert_array_equal(D_pred[~rest], expected)
    assert cross_val_score(model, X, y, **options).shape == (4,)


@pytest.mark.slow
def test_groups_are_passed_by_metadata_routing() -> None:
    X, y, groups = study()
    model = MPCLEstimator(FEATURES, random_state=3)
    plain = cross_val_predict(model, X, y, groups=groups, cv=LeaveOneGroupOut(), params={"groups": groups})
    with sklearn.config_context(enable_metadata_routing=True):
        routing = MPCLEstimator(FEATURES, random_state=3).set_fit_request(groups=True)
        routed = cross_val_predict(routing, X, y, cv=LeaveOneGroupOut(), params={"groups": groups})
    np.testing.assert_array_equal(plain, routed)


def test_declared_failures_of_checks_are_listed_in_the_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert all(f"| `{check}` | {reason} |" in text for check, reason in EXPECTED.items())


@pytest.mark.slow
def test_grid_search_over_nested_parameters_passes_people_to_folds_and_training() -> None:
    code = GUIDE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    code = code.replace('("described"', f'("described", sets={SMALL}')
    with sklearn.config_context():
        exec(compile(code, str(GUIDE), "exec"), names)
        search = names["search"]
        assert set(search.best_params_) == {"train__lr"}
        assert search.predict(names["X"]).columns.tolist() == names["y"].columns.tolist()
        best = clone(names["model"]).set_params(**search.best_params_).fit(names["X"], names["y"], names["people"])
        np.testing.assert_array_equal(search.predict(names["X"]), best.predict(names["X"]))


def test_nested_parameters_are_listed_set_and_cloned() -> None:
    model = MPCLEstimator(FEATURES, random_state=0)
    assert (model.get_params()["train__lr"], model.get_params()["transforms__0__use"]) == (0.01, "zscore")
    assert not [name for name in model.get_params(deep=False) if "__" in name]
    copy = clone(model.set_params(train__lr=0.5, dim=4, device="auto"))
    assert copy.settings == {"train.lr": 0.5, "dim": 4}
    assert (copy.get_params()["train__lr"], copy.get_params()["dim"], copy.device) == (0.5, 4, "auto")
    assert model.set_params(train__lr=np.float64(0.25)).get_params()["train__lr"] == 0.25


def test_settings_patch_the_chosen_variant_last() -> None:
    recipe = {"extends": str(FEATURES), "variants": {"slow": {"train": {"lr": 0.001}}, "quick": {}}}
    model = MPCLEstimator(recipe, variant="slow", sets=("train.lr=0.2",))
    assert model.get_params()["train__lr"] == 0.001
    assert model.set_params(train__lr=0.3).get_params()["train__lr"] == 0.3


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"train__lr": -1.0}, RecipeError, r"train\.lr"),
        ({"train__lrr": 0.1}, RecipeError, "lrr"),
        ({"train__lr": object()}, RecipeError, "a recipe cannot hold a value of the type object"),
        (
            {"settings": {"source.subjects": 3}},
            ValueError,
            "settings has the key 'source.subjects', but keys begin with",
        ),
        ({"settings": ["train.lr"]}, ValueError, "settings is .* but must be a mapping"),
    ],
)
def test_wrong_settings_are_errors_of_fit(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    X, y, _ = study(2, 4)
    model = MPCLEstimator(FEATURES).set_params(**changes)
    with pytest.raises(error, match=message):
        model.fit(X, y)


def test_unknown_parameters_are_rejected() -> None:
    with pytest.raises(ValueError, match="there is no parameter 'source__subjects'"):
        MPCLEstimator(FEATURES).set_params(source__subjects=3)


def test_names_of_emotions_and_the_index_survive_frames(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    X, y, _ = study(3, 4)
    X, y = (
        pandas.DataFrame(X, index=range(100, 112)).add_prefix("f"),
        pandas.DataFrame(y, columns=["joy", "fear", "awe"]),
    )
    recipe = {"extends": "described", "transforms": [], "variants": {"ridge": {"estimator": {"use": "ridge"}}}}
    model = MPCLEstimator(recipe).fit(X, y)
    found = model.predict(X)
    assert found.columns.tolist() == ["joy", "fear", "awe"]
    assert found.index.tolist() == X.index.tolist()
    assert model.score(X, y) == pytest.approx(model.score(X, y.to_numpy()))
    with pytest.raises(ValueError, match="y has the columns fear, joy, awe, but was fitted with joy, fear, awe"):
        model.score(X, y[["fear", "joy", "awe"]])
    model.save(tmp_path / "model")
    assert MPCLEstimator.load(tmp_path / "model").labels_ == ("joy", "fear", "awe")
    assert isinstance(MPCLEstimator(recipe).fit(X, y.to_numpy()).predict(X), np.ndarray)


def test_random_state_decides_the_predictions() -> None:
    X, y, groups = study()
    one, again, other = (
        MPCLEstimator(FEATURES, random_state=seed).fit(X, y, groups).predict(X)
        for seed in (1, np.random.RandomState(1), 2)
    )
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0


@pytest.mark.slow
def test_grid_search_varies_patches_of_the_recipe() -> None:
    X, y, groups = study()
    grid = {"sets": [("train.epochs=1",), ("train.epochs=30",)]}
    search = GridSearchCV(MPCLEstimator(FEATURES, random_state=0), grid, cv=GroupKFold(2))
    search.fit(X, y, groups=groups)
    assert search.best_params_ == {"sets": ("train.epochs=30",)}


@pytest.fixture(scope="module")
def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Modality, ...]]:
    return arrays(MPCL, SMALL)


def test_arrays_of_a_recipe_can_be_fitted_and_absent_modalities_predicted(
    simulated: tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Modality, ...]],
) -> None:
    X, y, groups, modalities = simulated
    assert [modality.name for modality in modalities] == ["eeg", "ppg", "gsr", "face"]
    assert X.shape == (len(y), sum(m.n_chans * (m.n_times or 1) for m in modalities))
    assert sorted(set(groups)) == ["s01", "s02", "s03"]
    model = MPCLEstimator(MPCL, modalities=modalities, sets=SMALL, random_state=0).fit(X, y, groups)
    absent = X.copy()
    absent[:, : 8 * 512] = np.nan  # the EEG
    D_pred = model.predict(absent, groups)
    assert np.isfinite(D_pred).all()
    assert np.abs(D_pred - model.predict(X, groups)).max() > 0
    half = absent.copy()
    half[0, 0] = 1.0
    with pytest.raises(ValueError, match="eeg, row 0: holds NaN or an infinite value"):
        model.predict(half)


def test_recipe_with_an_estimator_equals_the_regressor(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: r\nsource: {use: simulated}\nprotocol: {use: loso}\ntransforms: [{use: zscore}]\n"
        "variants:\n  mean: {estimator: {use: mean}}\n"
        "  ridge: {estimator: {use: sklearn, regressor: Ridge, parameters: {alpha: 2.0}}}\n"
    )
    X, y, groups = study()
    model = MPCLEstimator(recipe, variant="ridge").fit(X, y, groups)
    standard = (X - X.mean(0)) / X.std(0)
    expected = Ridge(alpha=2.0).fit(standard, y).predict(standard).clip(1e-6)
    np.testing.assert_allclose(model.predict(X), expected / expected.sum(1, keepdims=True), rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="variant is None, but must be one of mean, ridge"):
        MPCLEstimator(recipe).fit(X, y)


def test_invalid_distributions_are_rejected() -> None:
    X, y, _ = study(2, 4)
    for wrong, message in {"negative": "y, row 2: -0.5 is negative", "long": "y, row 2: sums to"}.items():
        changed = y.copy()
        changed[2] = [-0.5, 0.5, 1.0] if wrong == "negative" else [1.0, 1.0, 0.0]
        with pytest.raises(ValueError, match=message):
            MPCLEstimator(FEATURES).fit(X, changed)
    with pytest.raises(ValueError, match=r"y has shape \(8,\), but must be \(n, k\)"):
        MPCLEstimator(FEATURES).fit(X, y[:, 0])


def test_error_in_the_recipe_names_its_place() -> None:
    X, y, _ = study(2, 4)
    with pytest.raises(RecipeError, match=r"--set.*no head named 'linaer'. Did you mean 'linear'"):
        MPCLEstimator(FEATURES, sets=("head.use=linaer",)).fit(X, y)


@pytest.mark.slow
def test_quick_start_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    source = (ROOT / "examples" / "quickstart.py").read_text()
    assert len(source.splitlines()) <= 30
    monkeypatch.chdir(ROOT)
    exec(compile(source.replace("SETS = ()", f"SETS = {SMALL}"), "quickstart.py", "exec"), {"__name__": "__main__"})
    assert "KL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (-np.ones(24), "weight, row 0: -1 is not a weight; weights are finite and not negative"),
        (np.r_[np.ones(3), -2.0, np.ones(20)], "weight, row 3: -2 is not a weight"),
        (np.r_[np.ones(3), np.nan, np.ones(20)], "NaN"),
        (np.r_[np.ones(3), np.inf, np.ones(20)], "infinity"),
        (np.zeros(24), "weight: all windows have weight 0|must contain at least one non-zero"),
        (np.ones(23), r"sample_weight.shape == \(23,\), expected \(24,\)"),
        (np.r_[1.0, np.zeros(23)], "only one window has a weight"),
    ],
)
def test_invalid_weights_are_rejected_before_they_are_scaled(weight: np.ndarray, message: str) -> None:
    X, y, groups = study(2, 12)
    with pytest.raises(ValueError, match=message):
        MPCLEstimator(FEATURES).fit(X, y, groups, sample_weight=weight)


def test_groups_as_a_column_equal_groups_in_one_dimension() -> None:
    X, y, groups = study(3, 4)
    one, column = (MPCLEstimator(FEATURES, random_state=0).fit(X, y, each) for each in (groups, groups[:, None]))
    np.testing.assert_array_equal(one.predict(X), column.predict(X, groups[:, None]))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (np.r_[np.nan, np.ones(7)], "groups, row 0: nan names no subject"),
        (np.array(["a"] * 7 + [None], object), "groups, row 7: None names no subject"),
        (np.ones((8, 2)), r"groups has shape \(8, 2\), but must be \(8,\)"),
        (np.ones(7), r"groups has shape \(7,\), but must be \(8,\)"),
        ("one", r"groups has shape \(\), but must be \(8,\)"),
    ],
)
def test_invalid_groups_are_rejected(groups: Any, message: str) -> None:
    X, y, _ = study(2, 4)
    with pytest.raises(ValueError, match=message):
        MPCLEstimator(FEATURES).fit(X, y, groups)
    fitted = MPCLEstimator(FEATURES).fit(X, y)
    with pytest.raises(ValueError, match=message):
        fitted.predict(X, groups)


def test_arguments_of_a_wrong_kind_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = study(2, 4)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    modality = Modality("eeg", 1, 3)
    for changes, message in (
        ({"device": "cuda"}, "device: this machine has no device 'cuda'. It has: "),
        ({"device": "gpu"}, "device: this machine has no device 'gpu'"),
        (
            {"sets": "train.epochs=1"},
            r"sets is 'train.epochs=1', but must be a sequence of texts: write \('train.epochs=1',\)",
        ),
        ({"sets": None}, "sets is None, but must be a sequence of texts"),
        ({"modalities": ["eeg"]}, r"modalities is \['eeg'\], but must be a sequence of Modality"),
        ({"modalities": [modality, modality]}, "modalities names 'eeg' twice"),
    ):
        with pytest.raises(ValueError, match=message):
            MPCLEstimator(FEATURES).set_params(**changes).fit(X, y)
    with pytest.raises(ValueError, match=r"sets is 'train\.epochs=1', but must be"):
        arrays("described", "train.epochs=1")


PLUGIN = """
import numpy as np
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Mine(Estimator):
    "Predict the mean of the training labels."
    name = "mine"
    def fit(self, windows):
        self.mean = windows.D.mean(0)
        return self
    def predict(self, windows):
        return np.tile(self.mean, (len(windows), 1))

@hookimpl
def mpcl_components():
    return [Mine]
"""


@pytest.fixture
def with_plugin(tmp_path: Path) -> MPCLEstimator:
    (tmp_path / "mine.py").write_text(PLUGIN)
    (tmp_path / "r.yaml").write_text(
        "extends: described\nplugins: [mine.py]\ntransforms: []\nvariants: {a: {estimator: {use: mine}}}\n"
    )
    return MPCLEstimator(tmp_path / "r.yaml", modalities=[Modality("eeg", 1, 6)], random_state=0)


def test_fitted_estimator_with_a_plugin_file_is_pickled_for_other_processes(
    with_plugin: MPCLEstimator, tmp_path: Path
) -> None:
    X, y, groups = study()
    data = pickle.dumps(with_plugin.fit(X, y, groups))
    for name in [name for name in sys.modules if name.startswith("mpcl_plugin_mine")]:
        del sys.modules[name]  # as in a process that has not imported the file
    np.testing.assert_array_equal(pickle.loads(data).predict(X), with_plugin.predict(X))
    assert clone(with_plugin).get_params() == with_plugin.get_params()
    (tmp_path / "mine.py").write_text(PLUGIN + "# changed")
    with pytest.raises(UsageError, match=r"mine\.py, which has changed since"):
        pickle.loads(data)


@pytest.mark.slow
def test_fitted_estimators_with_a_plugin_file_come_back_from_cross_validation(with_plugin: MPCLEstimator) -> None:
    X, y, groups = study()
    found = cross_validate(
        with_plugin, X, y, groups=groups, cv=LeaveOneGroupOut(), n_jobs=2, return_estimator=True, error_score="raise"
    )
    assert len(found["estimator"]) == 4
    for estimator, subject in zip(found["estimator"], range(4), strict=True):
        np.testing.assert_allclose(estimator.predict(X[:1])[0], y[groups != subject].mean(0))


def test_windows_and_epochs_of_one_modality_are_read() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 2, 5)), rng.dirichlet(np.ones(3), 8)
    recipe = {"extends": "described", "transforms": [], "variants": {"ridge": {"estimator": {"use": "ridge"}}}}
    model = MPCLEstimator(recipe, variant="ridge").fit(X, y)
    assert model.modalities_ == (Modality("x", 2, 5),)
    rows = MPCLEstimator(recipe, variant="ridge").fit(X.reshape(8, 10), y)
    np.testing.assert_allclose(model.predict(X), rows.predict(X.reshape(8, 10)), atol=1e-6)
    mne = pytest.importorskip("mne", reason="MNE is not installed (extra 'mne')")
    epochs = mne.EpochsArray(X * 1e-6, mne.create_info(["Fz", "Cz"], 100.0, "eeg", verbose="ERROR"), verbose="ERROR")
    of_epochs = MPCLEstimator(recipe, variant="ridge").fit(epochs, y)
    assert of_epochs.modalities_ == (Modality("x", 2, 5, 100.0, ("Fz", "Cz"), "uV"),)
    assert of_epochs.predict(epochs).shape == (8, 3)
