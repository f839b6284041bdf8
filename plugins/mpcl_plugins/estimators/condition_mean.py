"""D_pred = mean of D over the fitting rows of the row's condition: an oracle, since it is told the condition.

How much a model could know that recognises the condition perfectly and nothing else.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, WindowSet


class ConditionMean(Estimator):
    """The weighted mean of the fitting rows with the same condition; of all of them where the condition is unknown
    or was never seen.
    """

    name = "condition_mean"

    def fit(self, windows: WindowSet) -> "ConditionMean":
        """Learns the mean distribution of each condition."""
        self._all = np.average(windows.D, axis=0, weights=windows.weight)
        self._mean = {
            condition: np.average(windows.D[here], axis=0, weights=windows.weight[here])
            for condition in np.unique(windows.condition).tolist()
            if condition and windows.weight[here := windows.condition == condition].any()
        }
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean of each row's condition."""
        return np.array([self._mean.get(condition, self._all) for condition in windows.condition.tolist()])
