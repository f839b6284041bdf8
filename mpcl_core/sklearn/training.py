"""Train a variant on windows and predict windows, as a job of a recipe does."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Shaped
from sklearn.model_selection import GroupShuffleSplit

from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.randomness import RandomState, deterministic
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.transforms import apply_transforms, fit_transforms

VALIDATION = 0.2
"""The share of the groups that is held out to choose the number of epochs, as in the protocols."""


def train_variant(
    spec: VariantSpec, windows: WindowSet, seed: int, device: str
) -> tuple[TrainedNetwork | Estimator, Sequence[FittedTransform]]:
    """Train the network or fit the estimator of a variant.

    Args:
        spec: the variant.
        windows: the windows.
        seed: of everything that is random.
        device: where a network is trained.

    Returns:
        The trained network or the fitted estimator, and the fitted transforms.

    Raises:
        ValueError: a network is to be trained, and only one window has a weight.
    """
    model = spec.model
    if isinstance(model, NetworkSpec):
        trainer = Trainer(model, spec.transforms, (seed, 0), device)
        with deterministic(model.train.threads):
            network = trainer.fit(windows, *_draw_validation(windows, seed))
        return network, network.transforms
    with RandomState(seed, 0):
        transforms, fitting = fit_transforms(spec.transforms, windows)
        return model.build().fit(fitting), transforms


def predict_windows(
    trained: TrainedNetwork | Estimator, transforms: Sequence[FittedTransform], windows: WindowSet
) -> Float64[np.ndarray, "n k"]:
    """Predict windows with what `train_variant` returned.

    Args:
        trained: the trained network or the fitted estimator.
        transforms: the fitted transforms.
        windows: the n windows, before the transforms.

    Returns:
        (n, k) distributions.
    """
    if isinstance(trained, TrainedNetwork):
        with deterministic(1):
            return trained.predict(trained.prepare(windows))
    D_pred: Float64[np.ndarray, "n k"] = trained.predict(apply_transforms(windows, transforms))
    return D_pred


def _draw_validation(windows: WindowSet, seed: int) -> tuple[Shaped[np.ndarray, "_"], Shaped[np.ndarray, "_"]]:
    """Draw the windows that choose the number of epochs: all windows of some subjects, if possible.

    Subjects whose windows all have weight 0 are not drawn.

    Returns:
        The positions of the training and of the validation windows; each side has windows with a weight.

    Raises:
        ValueError: only one window has a weight.
    """
    weighted = np.flatnonzero(windows.weight)
    if len(weighted) < 2:
        raise ValueError("only one window has a weight, but training and validation need one each")
    groups = windows.subject if len(set(windows.subject[weighted])) > 1 else np.arange(len(windows))
    splitter = GroupShuffleSplit(1, test_size=VALIDATION, random_state=seed)
    _, drawn = next(splitter.split(weighted, groups=groups[weighted]))
    is_drawn = np.isin(groups, groups[weighted][drawn])
    return np.flatnonzero(~is_drawn), np.flatnonzero(is_drawn)
