"""A stored state that does not fit its component is refused with one message, at load or at the prediction."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_core.model.member import Member
from mpcl_core.model.state_loading import load_fitted_state, naming_damaged_file
from mpcl_core.toolkit.state_file import encode_state
from mpcl_plugins.bridges.sklearn import Sklearn
from mpcl_plugins.estimators.aa_knn import AAKNN
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.ridge import Ridge
from mpcl_plugins.estimators.sa_bfgs import SABFGS
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.zscore import ZScore
from support.ridge_study import study

FILE = Path("model/weights.safetensors")

ESTIMATORS: list[Callable[[], Estimator]] = [
    Mean,
    Ridge,
    AAKNN,
    SABFGS,
    lambda: Sklearn(regressor="Ridge"),
]


@pytest.mark.parametrize("make", ESTIMATORS)
def test_state_without_any_one_value_is_refused_with_the_name_of_an_estimator(make: Callable[[], Estimator]) -> None:
    windows = study()
    state = make().fit(windows).state_dict()
    for absent in state:
        estimator = make()
        with pytest.raises((DataError, PluginError), match="estimator '"):
            load_fitted_state(estimator, encode_state({n: v for n, v in state.items() if n != absent}), FILE)
            Member([], estimator).distributions(windows, None)


@pytest.mark.parametrize("make", [Robust, lambda: ZScore(scope="train")])
def test_transform_without_any_one_value_is_refused(make: Callable[[], ZScore | Robust]) -> None:
    windows = study()
    fitted = make()
    estimator = Mean().fit(fitted.fit_transform(windows))
    state = {f"0.{name}": value for name, value in fitted.state_dict().items()}
    for absent in state:
        transform = make()
        with pytest.raises((DataError, PluginError), match=f"'{transform.name}'"):
            load_fitted_state(transform, encode_state({n: v for n, v in state.items() if n != absent}), FILE, "0.")
            Member([transform], estimator).distributions(windows, None)


def test_arrays_of_another_shape_are_refused() -> None:
    windows = study()
    state = Ridge().fit(windows).state_dict()
    ridge = Ridge()
    with pytest.raises((DataError, PluginError), match="'ridge'"):
        load_fitted_state(ridge, encode_state({name: np.zeros((1, 2, 3)) for name in state}), FILE)
        Member([], ridge).distributions(windows, None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("mean"), "it lacks 'mean'"),
        (RuntimeError("Error(s) in loading:\n\tMissing key(s): a"), r"Missing key\(s\): a"),
        (ValueError(), "ValueError"),
        (DataError("holds no fitted state"), "holds no fitted state"),
    ],
)
def test_error_names_the_file_and_what_it_should_hold(error: Exception, reason: str) -> None:
    message = f"weights.safetensors: does not hold the state of the network: {reason}$"
    with pytest.raises(DataError, match=message), naming_damaged_file("the network", FILE):
        raise error
