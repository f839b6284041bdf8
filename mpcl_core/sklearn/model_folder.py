"""Store fitted estimators of scikit-learn as model folders, and load them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mpcl_core.app.model_folders.fitting import require_new
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.ranges import ModalityRange, training_ranges
from mpcl_core.model.save import Training, save_model
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.trained_network import TrainedNetwork

NOT_USED = ("source", "prepare", "protocol", "references")
"""The keys of a recipe that an estimator of scikit-learn does not use."""


@dataclass(frozen=True)
class FittedOn:
    """Hold what a model folder states of the training of an estimator.

    Args:
        windows: the windows, without their signals.
        ranges: modality -> the range of its signals.
        seed: of the training.
    """

    windows: WindowSet
    ranges: dict[str, ModalityRange]
    seed: int


def describe_training(windows: WindowSet, seed: int) -> FittedOn:
    """Describe the training of an estimator.

    Args:
        windows: the windows it was fitted on.
        seed: of the training.

    Returns:
        The description, without the signals.
    """
    columns = windows.with_signals({name: values[:, :0, :0] for name, values in windows.X.items()})
    return FittedOn(columns, training_ranges(windows), seed)


def save_estimator(
    folder: Path,
    spec: VariantSpec,
    fitted_on: FittedOn,
    transforms: Sequence[FittedTransform],
    trained: TrainedNetwork | Estimator,
    plugins: Sequence[Path],
) -> None:
    """Write a model folder.

    Args:
        folder: the folder.
        spec: the variant.
        fitted_on: what it was fitted on.
        transforms: the fitted transforms.
        trained: the network or the estimator.
        plugins: the one-file plugins of the recipe.

    Raises:
        UsageError: the folder exists.
        PluginError: a component cannot be stored.
    """
    require_new(folder)
    recipe: dict[str, Any] = {key: value for key, value in spec.recipe.items() if key not in NOT_USED}
    spec = replace(spec, prepare=(), recipe=recipe)
    windows = fitted_on.windows
    training = Training(spec, windows, transforms, trained, fitted_on.seed, ranges=fitted_on.ranges)
    save_model(folder, training, plugins)
