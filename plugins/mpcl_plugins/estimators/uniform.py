"""1 / k for every emotion: the prediction without any data."""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class Uniform(Estimator):
    """Predict the same share for every emotion."""

    name = "uniform"
    uses_signals = False

    def fit(self, windows: WindowSet) -> "Uniform":
        """Learn k, the number of emotions.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self._n_outputs = windows.n_outputs
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return 1 / k for every emotion of every window.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return np.full((len(windows), self._n_outputs), 1 / self._n_outputs)
