"""Provide `planted`, an estimator whose best setting is known, for ``benchmarks/search.py``."""

import math
from typing import Literal

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Component, Fraction, Positive, WindowSet, hookimpl
from mpcl_plugins.estimators.ridge import Ridge

AMOUNT, SCALE, SIDE = 0.8, 3.0, "right"
"""The planted setting."""


class Planted(Ridge):
    """Predict the mean plus a share of the deviation of a ridge regression, the larger the nearer the planted setting.

    Args:
        amount, scale, side: the setting.
    """

    name = "planted"

    def __init__(
        self, *, amount: Fraction = 0.1, scale: Positive = 30.0, side: Literal["left", "right"] = "left"
    ) -> None:
        super().__init__(alphas=(300.0,))
        distance = (amount - AMOUNT) ** 2 + math.log10(scale / SCALE) ** 2
        self.share = math.exp(-2 * distance) if side == SIDE else 0.0

    def fit(self, windows: WindowSet) -> "Planted":
        """Learn the mean and the ridge regression.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        super().fit(windows)
        self.mean = np.average(windows.D, axis=0, weights=windows.weight)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict windows.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return (1 - self.share) * self.mean + self.share * super().predict(windows)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Planted]
