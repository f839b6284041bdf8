"""D_pred = Σ w_i D_i / Σ w_i over the fitting windows: what is to be expected whatever the signals are.

The least that a model must beat, and with new subjects seldom beaten by much.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class Mean(Estimator):
    """Predict the mean distribution of the fitting windows, weighted by ``weight``, for every window.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Modality, WindowSet
        >>> X, present = {"face": np.zeros((2, 1, 1), np.float32)}, {"face": np.ones(2, bool)}
        >>> windows = WindowSet((Modality("face", 1, 1),), X, present, np.eye(2), ("joy", "fear"))
        >>> Mean().fit(windows).predict(windows).tolist()
        [[0.5, 0.5], [0.5, 0.5]]
    """

    name = "mean"
    uses_signals = False

    def fit(self, windows: WindowSet) -> "Mean":
        """Learn the mean distribution.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        # the sums of np.average to the last bit, which adds along the first axis five times as slowly
        self._mean = np.einsum("n k, n -> k", windows.D, windows.weight) / windows.weight.sum()
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean distribution for every window.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return np.tile(self._mean, (len(windows), 1))
