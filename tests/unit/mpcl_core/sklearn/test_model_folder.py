"""A fitted estimator is stored as a model folder, and predicts the same when it is loaded."""

from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.sklearn.estimator import MPCLEstimator

MODALITIES = [Modality("eeg", 1, 4), Modality("gsr", 1, 2)]


def test_loaded_estimator_predicts_what_was_stored(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X, y, groups = rng.normal(size=(24, 6)), rng.dirichlet(np.ones(3), 24), np.repeat(np.arange(6), 4)
    recipe = {
        "extends": "described",
        "variants": {"main": {"estimator": {"use": "ridge"}, "transforms": [{"use": "zscore", "scope": "train"}]}},
    }
    fitted = MPCLEstimator(recipe, modalities=MODALITIES, random_state=0).fit(X, y, groups)
    fitted.save(tmp_path / "model")
    assert np.array_equal(MPCLEstimator.load(tmp_path / "model").predict(X), fitted.predict(X))
    model = mpcl_core.load_model(tmp_path / "model")
    values = {"eeg": X[:, None, :4].astype(np.float32), "gsr": X[:, None, 4:].astype(np.float32)}
    assert np.allclose(model.predict(values).D_pred, fitted.predict(X))
    assert (model.description.trained_on.windows, model.description.trained_on.subjects) == (24, 6)
    with pytest.raises(UsageError, match="exists"):
        fitted.save(tmp_path / "model")
