"""Calibrate a stored model to a person, and store the result."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mpcl_core.app.model_folders.fitting import require_new
from mpcl_core.app.model_folders.hub import model_folder
from mpcl_core.app.prediction.predicting import rated_windows
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.model import Model
from mpcl_core.model.save import save_changed_model


def calibrate(
    model: Model,
    folder: Path,
    given: str | Path,
    out: Path,
    subjects: Sequence[str] = (),
    sets: Sequence[str] = (),
    rates: Mapping[str, float] | None = None,
    fine_tune: bool = False,
    on_message: Callable[[str], None] = lambda _: None,
) -> ModelDescription:
    """Calibrate a model with rated recordings, and write another model folder.

    Args:
        model: the model.
        folder: its folder.
        given: a recipe (its source is used) or a manifest with a column of scores for each emotion.
        out: the folder of the calibrated model.
        subjects: the person; empty where the input has one only.
        sets: options ``key.key=value`` that patch a recipe.
        rates: modality -> Hz, for files that do not state it.
        fine_tune: also train the head.
        on_message: called with a line for each modality and other spelling of its channels.

    Returns:
        What the calibrated model states of itself.

    Raises:
        UsageError: ``out`` exists, or there are too few trials to fine-tune.
        DataError: the input is not what the model takes, or of several people.
    """
    require_new(out)
    windows = rated_windows(model, given, subjects, sets, rates, on_message)
    calibrated = model.calibrate(windows, fine_tune=fine_tune)
    save_changed_model(model_folder(folder), out, calibrated)
    return calibrated.description
