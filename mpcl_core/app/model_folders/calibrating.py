"""Calibrate a stored model to a person, and store the result."""

from pathlib import Path

from mpcl_core.app.model_folders.fitting import require_new
from mpcl_core.app.model_folders.hub import model_folder
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.app.prediction.predicting import rated_windows
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.model import Model
from mpcl_core.model.save import save_changed_model


def calibrate(model: Model, folder: Path, rated: ModelInput, out: Path, fine_tune: bool = False) -> ModelDescription:
    """Calibrate a model with rated recordings, and write another model folder.

    Args:
        model: the model.
        folder: its folder.
        rated: a recipe, or a manifest with a column of scores for each emotion, of one person or with `subjects`.
        out: the folder of the calibrated model.
        fine_tune: also train the head.

    Returns:
        What the calibrated model states of itself.

    Raises:
        UsageError: ``out`` exists, or there are too few trials to fine-tune.
        DataError: the input is not what the model takes, or of several people.
    """
    require_new(out)
    windows = rated_windows(model, rated)
    calibrated = model.calibrate(windows, fine_tune=fine_tune)
    save_changed_model(model_folder(folder), out, calibrated)
    return calibrated.description
