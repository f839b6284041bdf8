"""Calibrate a model to a person with a few rated trials: own normalisation, personal prior, and the head if wanted."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import number_trials
from mpcl_core.evaluation.error_bars import trial_means
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.description import Calibration, ModelDescription
from mpcl_core.model.head_tuning import tune_head
from mpcl_core.model.matching import match_windows
from mpcl_core.model.member import Member, mean_distributions
from mpcl_core.model.personal_prior import personal_offset
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.trained_network import TrainedNetwork

FEWEST_TRIALS = 4
"""So few rated trials at least are needed to fine-tune a head."""


def calibrate(
    members: Sequence[Member], description: ModelDescription, spec: VariantSpec, windows: WindowSet, fine_tune: bool
) -> tuple[list[Member], Calibration]:
    """Calibrate the members of a model to one person.

    Args:
        members: the members; they stay as they are.
        description: what ``model.json`` states.
        spec: the recipe of the model's variant, with the components.
        windows: rated windows of the person.
        fine_tune: also train the head on them.

    Returns:
        The members for this person, and the calibration.

    Raises:
        DataError: the windows are of several people, or have other emotions or signals than the model.
        UsageError: the model is calibrated already, has no head to fine-tune, or there are too few trials.
    """
    if (earlier := description.calibration) is not None:
        raise UsageError(
            f"the model is calibrated to '{earlier.subject}' already; calibrate the model that it came from"
        )
    people = sorted(set(windows.subject.tolist()))
    if len(people) != 1:
        raise DataError(f"the windows are of {len(people)} people ({', '.join(people[:5])}), but must be of one")
    if windows.labels != description.labels:
        raise DataError(
            f"the ratings are of {', '.join(windows.labels)}, but the model predicts {', '.join(description.labels)}"
        )
    matched = replace(match_windows(windows, description), D=windows.D)
    n_trials = len(number_trials(matched)[1])
    if fine_tune and (len(members) > 1 or not isinstance(members[0].trained, TrainedNetwork)):
        raise UsageError("only a single network can be fine-tuned, no ensemble and no estimator")
    if fine_tune and n_trials < FEWEST_TRIALS:
        raise UsageError(f"fine-tuning needs at least {FEWEST_TRIALS} rated trials, but there are {n_trials}")
    own = [_own(member, spec, matched) for member in members]
    offset = _offset(own, description, spec, matched)
    epochs = 0
    if fine_tune and isinstance(own[0].trained, TrainedNetwork):
        epochs = tune_head(own[0].trained, matched, offset)
    return own, Calibration(
        subject=people[0], trials=n_trials, windows=len(matched), offset=tuple(offset.tolist()), epochs=epochs
    )


def _own(member: Member, spec: VariantSpec, windows: WindowSet) -> Member:
    """Return a copy of a member whose transforms by person are fitted on the person's windows.

    Returns:
        The copy; other transforms are those of the member.
    """
    transforms: list[FittedTransform] = []
    for block, transform in zip(spec.transforms, member.transforms, strict=True):
        if transform.transductive:
            transform = block.build().fit(windows)
        windows = transform.transform(windows)
        transforms.append(transform)
    trained = deepcopy(member.trained)
    return Member(
        transforms, replace(trained, transforms=transforms) if isinstance(trained, TrainedNetwork) else trained
    )


def _offset(
    members: Sequence[Member], description: ModelDescription, spec: VariantSpec, windows: WindowSet
) -> Float64[np.ndarray, "k"]:
    D_pred = mean_distributions(members, windows, spec.pool)
    _, D, D_pred = trial_means(windows.subject, windows.trial, windows.D, D_pred)
    return personal_offset(D, D_pred, description.error_bars.shrinkage)
