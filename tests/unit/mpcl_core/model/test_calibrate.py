"""A model is calibrated to one person, with ratings of its own emotions."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.description import TrainedOn
from mpcl_core.model.model import Model
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.transforms.zscore import ZScore
from support.model_descriptions import described
from support.ridge_study import study
from support.specs import block, variant_spec
from support.trainers import Unused


@pytest.fixture
def model() -> Model:
    windows = study(6, 4)
    transform = ZScore(scope="subject")
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO), [block(ZScore, scope="subject")])
    description = described(
        inputs=windows.modalities,
        modalities=windows.modalities,
        labels=windows.labels,
        trained_on=TrainedOn(windows=24, subjects=6),
    )
    return Model(description, spec, [transform], Mean().fit(transform.fit_transform(windows)))


def test_predictions_move_towards_the_ratings_of_the_person(model: Model) -> None:
    own = study(1, 6, seed=5)
    own.D = np.tile([0.8, 0.1, 0.1], (6, 1))
    calibrated = model.calibrate(own)
    before, after = (np.abs(each.predict(own).D_pred - own.D).sum() for each in (model, calibrated))
    assert after < before
    assert calibrated.description.calibration is not None
    assert (calibrated.description.calibration.subject, calibrated.description.calibration.trials) == ("s0", 6)
    assert model.description.calibration is None
    with pytest.raises(UsageError, match="calibrated to 's0' already"):
        calibrated.calibrate(own)


def test_single_window_is_normalised_by_the_windows_of_the_calibration(model: Model) -> None:
    own = study(1, 6, seed=5)
    calibrated = model.calibrate(own)
    alone = replace(own.take(np.array([2])), subject=np.array(["s0"]))
    pooled = calibrated.transforms[0].transform(alone).X["a"]
    assert np.abs(pooled).max() > 0  # by itself a single window is its own mean
    assert np.abs(model.transforms[0].transform(replace(alone, subject=np.array(["new"]))).X["a"]).max() == 0


def test_other_people_emotions_and_models_are_refused(model: Model) -> None:
    with pytest.raises(DataError, match=r"are of 2 people \(s0, s1\)"):
        model.calibrate(study(2, 2))
    with pytest.raises(DataError, match="the ratings are of x, y, w"):
        model.calibrate(replace(study(1, 2), labels=("x", "y", "w")))
    with pytest.raises(UsageError, match="only a single network can be fine-tuned"):
        model.calibrate(study(1, 6), fine_tune=True)
