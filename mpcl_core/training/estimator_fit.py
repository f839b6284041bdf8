"""Fit the estimator of a variant with its transforms."""

from collections.abc import Sequence
from typing import Any

from mpcl_core.data.pooling import pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.transforms import apply_transforms, fit_transforms


def fit_estimator(spec: VariantSpec, fitting: WindowSet, unrated: WindowSet) -> tuple[list[FittedTransform], Any]:
    """Fit transforms and estimator of a variant.

    Args:
        spec: the variant.
        fitting: the windows to learn from.
        unrated: windows without labels, which the estimator may observe; none where it is empty.

    Returns:
        The fitted transforms and the fitted estimator; no transforms where it uses no signals.

    Raises:
        UsageError: the variant is a network.
    """
    if isinstance(spec.model, NetworkSpec):
        raise UsageError(f"'{spec.name}' is a network, not an estimator")
    estimator: Any = spec.model.build()
    transforms, fitting = fit_transforms(spec.transforms if estimator.uses_signals else (), fitting)
    return transforms, fit_transformed(estimator, fitting, unrated, transforms, spec.pool)


def fit_transformed(
    estimator: Any,
    fitting: WindowSet,
    unrated: WindowSet,
    transforms: Sequence[FittedTransform],
    pool: PoolSettings | None,
) -> Any:
    """Fit an estimator on windows that were transformed.

    Args:
        estimator: the estimator.
        fitting: the windows to learn from, after the transforms.
        unrated: windows without labels, before the transforms, which the estimator may observe; none where it is empty.
        transforms: the fitted transforms.
        pool: whose windows are averaged; None: nobody's.

    Returns:
        The fitted estimator.
    """
    if len(unrated):
        signals = concatenate([without_labels(fitting), apply_transforms(unrated, transforms)])
        estimator.observe_signals(pooled(signals, pool).windows)
    return estimator.fit(pooled(fitting, pool).windows)
