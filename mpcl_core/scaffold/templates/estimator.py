"""D_pred = (1 − s) mean D + s / k: the mean label of the fitting windows, shrunk towards the uniform distribution.

A trained model is stored with what ``fit`` learned: attributes that hold arrays, numbers, text, or mappings of those.
For anything else define ``state_dict`` and ``load_state_dict``.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Component, Estimator, Fraction, WindowSet, hookimpl


class Template(Estimator):
    """Predict the same distribution for every window.

    Args:
        shrink: s, from 0 (the mean) to 1 (the uniform distribution).
    """

    name = "template"

    def __init__(self, *, shrink: Fraction = 0.1) -> None:
        self.shrink = shrink

    def fit(self, windows: WindowSet) -> "Template":
        """Learn the weighted mean of the labels.

        Args:
            windows: training and validation windows.

        Returns:
            The estimator.
        """
        self._mean = np.average(windows.D, axis=0, weights=windows.weight)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict windows.

        Args:
            windows: the windows.

        Returns:
            The same distribution for each window.
        """
        D_pred = (1 - self.shrink) * self._mean + self.shrink / len(self._mean)
        return np.tile(D_pred, (len(windows), 1))


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
