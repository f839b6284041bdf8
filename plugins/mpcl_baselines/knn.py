"""D_pred = mean of D over the k nearest fitting rows (AA-kNN: Geng, IEEE TKDE 28, 2016).

A strong test of a split: under a leaky one it finds the other windows of the same trial and looks like a fine model.
"""

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_baselines.described import check_neighbours, described
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.values import Count

_ROUNDING = 1e-12  # of |x|² + |y|²: how exact the fast |x|² − 2xy + |y|² is; which of two equal rows wins is chance


class KNN(Estimator):
    """The unweighted mean of the labels of the k nearest fitting rows, by Euclidean distance.

    A row is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels over the window: raw samples of two windows never match in phase. Nothing is
    rescaled (put ``zscore`` before it). An absent modality counts as zeros. Ties go to the earlier row.

    Args:
        k: neighbours that are averaged; all fitting rows where there are fewer.
        modalities: the modalities that are compared; all where none are given.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """

    name = "knn"

    def __init__(self, *, k: Count = 3, modalities: list[str] | None = None) -> None:
        check_neighbours(k, modalities)
        self.k, self.modalities = k, modalities

    def fit(self, windows: WindowSet) -> "KNN":
        """Keep these rows to compare with.

        Raises:
            DataError: the study lacks a modality that is to be compared.
        """
        from sklearn.neighbors import NearestNeighbors

        self._D, self._X = windows.D, described(windows, self.modalities, self.name)
        self._search = NearestNeighbors(n_neighbors=min(self.k + 1, len(windows)), algorithm="brute").fit(self._X)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean over the nearest rows."""
        features = described(windows, self.modalities, self.name)
        distance, nearest = self._search.kneighbors(features)
        nearest = nearest[:, : self.k]
        for row in self._tied(features, distance):
            nearest[row] = self._nearest_exactly(features[row])
        D_pred: Float64[np.ndarray, "N k"] = self._D[np.sort(nearest)].mean(1)
        return D_pred

    def _tied(
        self, features: Float64[np.ndarray, "N f"], distance: Float64[np.ndarray, "N _"]
    ) -> Int64[np.ndarray, "_"]:
        """Rows whose k-th and next neighbour are equally far, as far as a fast search can tell."""
        if distance.shape[1] <= self.k:
            return np.zeros(0, np.int64)
        gap = np.square(distance[:, self.k]) - np.square(distance[:, self.k - 1])
        scale = np.square(features).sum(1) + np.square(self._X).sum(1).max()
        return np.flatnonzero(gap <= _ROUNDING * scale)

    def _nearest_exactly(self, x: Float64[np.ndarray, "f"]) -> Int64[np.ndarray, "_"]:
        from scipy.spatial.distance import cdist

        return np.argsort(cdist(x[None], self._X, "sqeuclidean")[0], kind="stable")[: self.k]
