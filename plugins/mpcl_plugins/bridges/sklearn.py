"""D_pred = clip(f(x), 1e-6) / Σ: any regressor f of scikit-learn (Pedregosa et al., JMLR 12, 2011), on all features.

f predicts the k shares, together where it can and one by one where it cannot. What it predicts is no distribution:
shares below 1e-6 become that, and each row is divided by its sum.
"""

import inspect
from importlib import import_module

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Estimator, WindowSet, known_features, window_features
from mpcl_plugins.bridges._named_class import Value, find, make

_LEAST = 1e-6  # a share; below, the KL divergence would speak of the clipping alone


class Sklearn(Estimator):
    """A regressor of scikit-learn.

    A row is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels, because raw samples of two windows never match in phase. All are standardised
    on the fitting rows; an absent modality says nothing: its features are those of the mean row. Rows count by their
    weight where the regressor can weigh them. One that draws at random has ``random_state`` 0 unless told otherwise.

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

        cls: type[BaseEstimator] = find(regressor, _regressors(), "regressor of scikit-learn")
        made = make(cls, {}, parameters or {})
        made._validate_params()  # which its `fit` does too, when a run has begun
        if made.get_params(deep=False).get("random_state", 0) is None:
            made.set_params(random_state=0)
        self._weighed = has_fit_parameter(made, "sample_weight")
        self._regressor = made if get_tags(made).target_tags.multi_output else MultiOutputRegressor(made)

    def fit(self, windows: WindowSet) -> "Sklearn":
        """Standardises the features and fits the regressor.

        Raises:
            DataError: the regressor refuses a parameter or the rows.
        """
        from sklearn.preprocessing import StandardScaler

        with np.errstate(invalid="ignore"):  # a modality that no row has
            self._standard = StandardScaler().fit(_features_or_nan(windows), sample_weight=windows.weight)
        weight = {"sample_weight": windows.weight} if self._weighed else {}
        try:
            self._regressor.fit(self._features(windows), windows.D, **weight)
        except (ValueError, TypeError) as error:
            raise DataError(f"'{self.name}': {error}") from error
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), clipped and divided by its sum."""
        raised = np.asarray(self._regressor.predict(self._features(windows)), np.float64).clip(_LEAST)
        D_pred: Float64[np.ndarray, "N k"] = raised / raised.sum(1, keepdims=True)
        return D_pred

    def _features(self, windows: WindowSet) -> Float64[np.ndarray, "N f"]:
        standardised: Float64[np.ndarray, "N f"] = np.nan_to_num(self._standard.transform(_features_or_nan(windows)))
        return standardised


_MODULES = (
    *("compose", "cross_decomposition", "dummy", "ensemble", "gaussian_process", "isotonic", "kernel_ridge"),
    *("linear_model", "multioutput", "neighbors", "neural_network", "svm", "tree"),
)
"""Where scikit-learn keeps its regressors; to ask it for all of them imports the rest too, which takes seconds."""


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
