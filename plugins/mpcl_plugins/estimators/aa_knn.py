"""D_pred = mean of D over the k nearest fitting windows, in standardised features.

AA-kNN (Geng, *Label distribution learning*, IEEE TKDE 28, 2016).
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, FittedValues, Standard, StateValue, WindowSet, nearest_neighbours
from mpcl_plugins.estimators._neighbours import check_neighbours


class AAKNN(Estimator):
    """Predict the unweighted mean of the labels of the nearest windows, in standardised features.

    The paper compares it in this form with the other algorithms, which see the same features; the estimator ``knn``
    takes them as they come. Of equally near windows the earlier counts.

    Args:
        k: neighbours that are averaged; all fitting windows where there are fewer.

    Raises:
        ValueError: ``k`` is below 1.
    """

    name = "aa_knn"

    def __init__(self, *, k: Count = 5) -> None:
        check_neighbours(k)
        self.k = k

    def fit(self, windows: WindowSet) -> "AAKNN":
        """Store the standardised features and the labels of the fitting windows.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self._standard = Standard.of(windows)
        self._features, self._D = self._standard.features(windows), windows.D
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean label of the nearest fitting windows.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        nearest = nearest_neighbours(self._features, self._standard.features(windows), self.k)
        D_pred: Float64[np.ndarray, "N k"] = self._D[nearest].mean(1)
        return D_pred

    def state_dict(self) -> FittedValues:
        return {"features": self._features, "D": self._D, **self._standard.state_dict()}

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self._standard = Standard.from_state(state)
        self._features, self._D = np.asarray(state["features"]), np.asarray(state["D"])
