"""An estimator is fitted behind its transforms."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.training.estimator_fit import estimator_fit
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from support.ridge_study import study
from support.specs import block, network, variant_spec
from support.trainers import Unused


def test_estimator_learns_from_the_windows() -> None:
    windows = study()
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO), [])
    found = estimator_fit(spec, windows.take(np.zeros(0, np.int64))).fit(windows)
    transforms, (fitted,) = found.transforms, found.estimators
    assert transforms == []
    assert np.allclose(fitted.predict(windows)[0], np.average(windows.D, axis=0, weights=windows.weight))


def test_network_is_refused() -> None:
    spec = variant_spec("net", network(), block(Unused), block(LOSO), [])
    with pytest.raises(UsageError, match="'net' is a network"):
        estimator_fit(spec, study())
