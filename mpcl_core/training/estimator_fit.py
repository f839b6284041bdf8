"""Fit estimators with the transforms of their variant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.transforms import apply_transforms, fit_transforms


@dataclass(frozen=True)
class FittedEstimators:
    """Hold fitted estimators and the transforms that they share.

    Args:
        transforms: the fitted transforms.
        estimators: the fitted estimators.
        pool: whose windows are averaged; None: nobody's.
    """

    transforms: Sequence[FittedTransform]
    estimators: list[Any]
    pool: PoolSettings | None

    def predict(self, windows: WindowSet) -> list[Float64[np.ndarray, "N k"]]:
        """Predict windows with each estimator.

        Args:
            windows: the N windows, before the transforms; their labels are not used.

        Returns:
            (N, k) distributions for each estimator; windows that are averaged have the same ones.
        """
        rows = pooled(apply_transforms(without_labels(windows), self.transforms), self.pool)
        return [np.asarray(each.predict(rows.windows), np.float64)[rows.trial] for each in self.estimators]


@dataclass(frozen=True)
class EstimatorFit:
    """Fit estimators on windows that the same transforms have changed.

    The transforms are fitted once for all estimators.

    Args:
        estimators: the estimators.
        transforms: the transforms, in order.
        pool: whose windows are averaged; None: nobody's.
        unrated: windows without labels, before the transforms, which the estimators may observe; None for none.
    """

    estimators: Sequence[Block]
    transforms: Sequence[Block]
    pool: PoolSettings | None
    unrated: WindowSet | None

    def fit(self, fitting: WindowSet) -> FittedEstimators:
        """Fit new estimators.

        Args:
            fitting: the windows to learn from.

        Returns:
            The fitted transforms and estimators.
        """
        return self.fit_transformed(*fit_transforms(self.transforms, fitting))

    def fit_transformed(self, transforms: Sequence[FittedTransform], fitting: WindowSet) -> FittedEstimators:
        """Fit new estimators on windows that the transforms have changed.

        Args:
            transforms: the transforms, fitted on these windows.
            fitting: the windows to learn from, behind the transforms.

        Returns:
            The transforms and the fitted estimators.
        """
        estimators = [block.build() for block in self.estimators]
        if self.unrated is not None and len(self.unrated):
            signals = concatenate([without_labels(fitting), apply_transforms(self.unrated, transforms)])
            observed = pooled(signals, self.pool).windows
            for estimator in estimators:
                estimator.observe_signals(observed)
        rows = pooled(fitting, self.pool).windows
        return FittedEstimators(transforms, [estimator.fit(rows) for estimator in estimators], self.pool)


def estimator_fit(spec: VariantSpec, unrated: WindowSet) -> EstimatorFit:
    """Return how the estimator of a variant is fitted.

    Args:
        spec: the variant.
        unrated: windows without labels, which the estimator may observe; none where it is empty.

    Returns:
        The fit of one estimator; without transforms where it uses no signals.

    Raises:
        UsageError: the variant is a network.
    """
    if isinstance(spec.model, NetworkSpec):
        raise UsageError(f"'{spec.name}' is a network, not an estimator")
    transforms = spec.transforms if spec.uses_signals else ()
    return EstimatorFit([spec.model], transforms, spec.pool, unrated)
