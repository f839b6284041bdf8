"""Find the modalities of windows on which the predictions of a model depend."""

from collections.abc import Collection, Sequence

from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UserError
from mpcl_core.training.trained_network import TrainedNetwork


def used_modalities(
    modalities: tuple[Modality, ...],
    transforms: Sequence[FittedTransform],
    trained: TrainedNetwork | Estimator,
    selected: Collection[str] | None,
) -> frozenset[str]:
    """Return the modalities that a network or an estimator takes, or of which transforms compute these.

    Args:
        modalities: those of windows, before the fitted transforms.
        transforms: the fitted transforms, in order.
        trained: the network or the estimator.
        selected: the parameter ``modalities`` of an estimator; None for all.

    Returns:
        Names among ``modalities``.
    """
    if isinstance(trained, TrainedNetwork):
        wanted: Collection[str] = trained.learner.network.encoded
    elif not trained.uses_signals:
        return frozenset()
    elif selected is None:
        return frozenset(modality.name for modality in modalities)
    else:
        wanted = selected
    return frozenset(
        modality.name
        for modality in modalities
        if modality.name in wanted
        or not _can_compute(wanted, tuple(other for other in modalities if other is not modality), transforms)
    )


def _can_compute(
    wanted: Collection[str], modalities: tuple[Modality, ...], transforms: Sequence[FittedTransform]
) -> bool:
    try:
        for transform in transforms:
            modalities = transform.outputs(modalities)
    except UserError:
        return False
    return set(wanted) <= {modality.name for modality in modalities}
