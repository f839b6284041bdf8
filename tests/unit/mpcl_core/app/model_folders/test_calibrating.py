"""A calibrated model is stored, and predicts elsewhere what it predicted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.model_folders.calibrating import calibrate
from mpcl_core.app.model_folders.exporting import export_model
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.app.prediction.predicting import predict, rated_windows
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.model import Model
from support.fitted_study import SETS

pytestmark = pytest.mark.slow


def load(fitted: Path) -> Model:
    """Return the fitted model, as if its people had differed as much as the trials of one person."""
    model = mpcl_core.load_model(fitted / "model")
    bars = model.description.error_bars.model_copy(update={"shrinkage": 1.0})
    return replace(model, description=model.description.model_copy(update={"error_bars": bars}))


def test_calibrated_model_is_stored_with_its_person(fitted: Path, tmp_path: Path) -> None:
    model = load(fitted)
    out, first = tmp_path / "own", ModelInput("mpcl", ["s01"], SETS)
    found = calibrate(model, fitted / "model", first, out).calibration
    assert found is not None
    assert (found.subject, found.trials) == ("s01", 2)
    stored = mpcl_core.load_model(out)
    expected = model.calibrate(rated_windows(model, first))
    windows = rated_windows(model, ModelInput("mpcl", ["s02"], SETS))
    assert np.allclose(stored.predict(windows).D_pred, expected.predict(windows).D_pred, atol=1e-12)
    assert not np.allclose(stored.predict(windows).D_pred, model.predict(windows).D_pred)
    with pytest.raises(UsageError, match="a calibrated model cannot be exported as one graph"):
        export_model(stored, "onnx", tmp_path / "own.onnx")
    card = (out / "README.md").read_text()
    assert "calibrated to the person 's01' with 2 rated trials" in card
    assert "calibrated with 1 rated trial, " in card


def test_manifest_of_scores_calibrates_and_rows_without_scores_are_left_out(fitted: Path, tmp_path: Path) -> None:
    model = load(fitted)
    (tmp_path / "a.csv").write_text("time,GSR\n" + "".join(f"{n / 4},{3 + n % 7}\n" for n in range(40)))
    scores = ",".join(["5", "1", *"1" * 8])
    lines = [f"anna,1,a.csv,{scores}", "anna,2,a.csv," + "," * 9]
    (tmp_path / "m.csv").write_text(f"subject,trial,gsr,{','.join(model.labels)}\n" + "\n".join(lines) + "\n")
    windows = rated_windows(model, ModelInput(tmp_path / "m.csv"))
    assert set(windows.trial.tolist()) == {"1"}
    assert np.allclose(windows.D[0], np.array([5, *[1] * 9]) / 14)
    found = calibrate(model, fitted / "model", ModelInput(tmp_path / "m.csv"), tmp_path / "own").calibration
    assert found is not None
    assert max(found.offset) == found.offset[0]
    assert predict(mpcl_core.load_model(tmp_path / "own"), ModelInput(tmp_path / "a.csv")).D_pred[0].argmax() == 0
    with pytest.raises(DataError, match="holds no ratings"):
        rated_windows(model, ModelInput(tmp_path / "a.csv"))
