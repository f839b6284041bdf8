"""1 / k for every emotion: what a model says that has seen nothing."""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class Uniform(Estimator):
    """The same share for every emotion."""

    name = "uniform"

    def fit(self, windows: WindowSet) -> "Uniform":
        """Learns k, the number of emotions."""
        self._n_outputs = windows.n_outputs
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), all 1 / k."""
        return np.full((len(windows), self._n_outputs), 1 / self._n_outputs)
