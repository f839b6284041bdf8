"""D_pred = mean of D over the k nearest fitting rows, in standardised features.

AA-kNN (Geng, *Label distribution learning*, IEEE TKDE 28, 2016).
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, WindowSet
from mpcl_plugins.estimators._standard import Standard


class AAKNN(Estimator):
    """The unweighted mean of the labels of the nearest rows, as the paper compares it with the other algorithms: on
    the same standardised features, which the estimator ``knn`` takes as they come.

    Args:
        k: neighbours that are averaged; all fitting rows where there are fewer.

    Raises:
        ValueError: ``k`` is below 1.
    """

    name = "aa_knn"

    def __init__(self, *, k: Count = 5) -> None:
        if k < 1:
            raise ValueError(f"k is {k}, but at least 1 neighbour is needed")
        self.k = k

    def fit(self, windows: WindowSet) -> "AAKNN":
        """Keep these rows to compare with."""
        from sklearn.neighbors import KNeighborsRegressor

        self._standard = Standard.of(windows)
        self._search = KNeighborsRegressor(min(self.k, len(windows))).fit(self._standard(windows), windows.D)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean over the nearest rows."""
        D_pred: Float64[np.ndarray, "N k"] = self._search.predict(self._standard(windows))
        return D_pred
