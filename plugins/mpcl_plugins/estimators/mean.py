"""D_pred = Σ w_i D_i / Σ w_i over the fitting rows: what is to be expected whatever the signals say.

The least that a model must beat, and with new subjects seldom beaten by much.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class Mean(Estimator):
    """The mean distribution of the fitting rows, weighted by ``weight``, for every row."""

    name = "mean"

    def fit(self, windows: WindowSet) -> "Mean":
        """Learns the mean distribution."""
        self._mean = np.average(windows.D, axis=0, weights=windows.weight)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean distribution in every row."""
        return np.tile(self._mean, (len(windows), 1))
