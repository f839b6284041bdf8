"""D_pred = mean of D over the fitting windows of the window's condition: an oracle, since it uses the test condition.

It shows how well a model could predict that recognises the condition perfectly and nothing else.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class ConditionMean(Estimator):
    """Predict the weighted mean of the fitting windows with the same condition.

    Where the condition is unknown or was not among the fitting windows, the mean of all is predicted.
    """

    name = "condition_mean"

    def fit(self, windows: WindowSet) -> "ConditionMean":
        """Learn the mean distribution of each condition.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self._all = np.average(windows.D, axis=0, weights=windows.weight)
        self._mean = {
            condition: np.average(windows.D[here], axis=0, weights=windows.weight[here])
            for condition in np.unique(windows.condition).tolist()
            if condition and windows.weight[here := windows.condition == condition].any()
        }
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean of each window's condition.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return np.array([self._mean.get(condition, self._all) for condition in windows.condition.tolist()])
