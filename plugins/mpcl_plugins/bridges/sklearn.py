"""D_pred = clip(f(x), 1e-6) / Σ: any regressor f of scikit-learn (Pedregosa et al., JMLR 12, 2011), on all features.

f predicts the k shares, jointly where it can and one by one where it cannot. Its output is no distribution: shares
below 1e-6 are raised to it, and each row is divided by its sum.
"""

import inspect
from collections.abc import Mapping
from importlib import import_module

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Estimator, FittedValues, StateValue, WindowSet, known_features, window_features
from mpcl_plugins.bridges._named_class import Value, construct, find_class

_LEAST = 1e-6  # smallest share; with a smaller one the KL divergence would reflect the clipping only


class Sklearn(Estimator):
    """Predict with a regressor of scikit-learn.

    Its inputs are the features as they are, and, where a modality is a signal, the mean and the standard deviation of
    each of its channels, because raw samples of two windows never match in phase. All are standardised on the fitting
    windows; an absent modality is replaced by its mean. Windows are weighted where the regressor accepts weights. A
    random regressor has ``random_state`` 0 unless the recipe states another.

    Args:
        regressor: the name of its class: Ridge, SVR, RandomForestRegressor …
        parameters: its parameters, by name.

    Raises:
        ValueError: there is no such regressor, or it refuses a parameter.
    """

    name = "sklearn"

    def __init__(self, *, regressor: str, parameters: dict[str, Value] | None = None) -> None:
        from sklearn.base import BaseEstimator
        from sklearn.multioutput import MultiOutputRegressor
        from sklearn.utils import get_tags
        from sklearn.utils.validation import has_fit_parameter

        cls: type[BaseEstimator] = find_class(regressor, _regressors(), "regressor of scikit-learn")
        instance = construct(cls, {}, parameters or {})
        instance._validate_params()  # its `fit` does so too, but only when a run has begun
        if instance.get_params(deep=False).get("random_state", 0) is None:
            instance.set_params(random_state=0)
        self._accepts_weights = has_fit_parameter(instance, "sample_weight")
        self._regressor = instance if get_tags(instance).target_tags.multi_output else MultiOutputRegressor(instance)

    def fit(self, windows: WindowSet) -> "Sklearn":
        """Standardise the features and fit the regressor.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.

        Raises:
            DataError: the regressor refuses a parameter or the windows.
        """
        return self._fit(_features_or_nan(windows), windows.D, windows.weight)

    def _fit(
        self,
        features: Float64[np.ndarray, "N f"],
        D: Float64[np.ndarray, "N k"],
        weights: Float64[np.ndarray, "N"],
    ) -> "Sklearn":
        from sklearn.preprocessing import StandardScaler

        self._learned_from = {"features": features, "D": D, "weight": weights}
        with np.errstate(invalid="ignore"):  # a modality that no window has
            self._standard = StandardScaler().fit(features, sample_weight=weights)
        weight = {"sample_weight": weights} if self._accepts_weights else {}
        try:
            self._regressor.fit(self._standardised(features), D, **weight)
        except (ValueError, TypeError) as error:
            raise DataError(f"'{self.name}': {error}") from error
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict the shares, clipped and divided by their sum.

        Args:
            windows: of any part of the fold.

        Returns:
            D_pred (N, k).
        """
        features = self._standardised(_features_or_nan(windows))
        clipped = np.asarray(self._regressor.predict(features), np.float64).clip(_LEAST)
        D_pred: Float64[np.ndarray, "N k"] = clipped / clipped.sum(1, keepdims=True)
        return D_pred

    def state_dict(self) -> FittedValues:
        """Return the fitting windows, by which the regressor is fitted again.

        A regressor of scikit-learn offers its state as a pickle only, which may hold code.

        Returns:
            Features, labels and weights by name, and the version of scikit-learn.
        """
        return {**self._learned_from, "scikit_learn": _version()}

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        """Fit the regressor again, as it was fitted before.

        Args:
            state: as `state_dict` returned it.

        Raises:
            DataError: another version of scikit-learn is installed, which may fit another model.
        """
        if state["scikit_learn"] != _version():
            raise DataError(
                f"'{self.name}' was fitted with scikit-learn {state['scikit_learn']}, but {_version()} is installed"
            )
        self._fit(*(np.asarray(state[name]) for name in ("features", "D", "weight")))

    def _standardised(self, features: Float64[np.ndarray, "N f"]) -> Float64[np.ndarray, "N f"]:
        standardised: Float64[np.ndarray, "N f"] = np.nan_to_num(self._standard.transform(features))
        return standardised


_MODULES = (
    *("compose", "cross_decomposition", "dummy", "ensemble", "gaussian_process", "isotonic", "kernel_ridge"),
    *("linear_model", "multioutput", "neighbors", "neural_network", "svm", "tree"),
)
"""Modules of scikit-learn that hold regressors; ``all_estimators`` would import every module, which takes seconds."""


def _version() -> str:
    from sklearn import __version__

    return str(__version__)


def _regressors() -> dict[str, type]:
    from sklearn.base import BaseEstimator, RegressorMixin

    return {
        name: cls
        for module in map(import_module, (f"sklearn.{name}" for name in _MODULES))
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, BaseEstimator) and issubclass(cls, RegressorMixin)
    }


def _features_or_nan(windows: WindowSet) -> Float64[np.ndarray, "N f"]:
    """Return the features of each window, NaN where a modality is absent.

    Returns:
        (N, f), unscaled.
    """
    return np.where(known_features(windows), window_features(windows), np.nan)
