"""D_pred = mean of D over the k nearest fitting rows (AA-kNN: Geng, IEEE TKDE 28, 2016).

A strong test of a split: under a leaky one it finds the other windows of the same trial and looks like a fine model.
"""

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.plugin import Count, Estimator, WindowSet
from mpcl_plugins.estimators._described import check_neighbours, described

AT_A_TIME = 2**22
"""Distances that are held at a time."""


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
        self._D, self._X = windows.D, described(windows, self.modalities, self.name)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean over the nearest rows."""
        features = described(windows, self.modalities, self.name)
        step = max(1, AT_A_TIME // len(self._X))
        parts = [self._nearest(features[first : first + step]) for first in range(0, len(features), step)]
        D_pred: Float64[np.ndarray, "N k"] = self._D[np.concatenate(parts)].mean(1)
        return D_pred

    def _nearest(self, features: Float64[np.ndarray, "n f"]) -> Int64[np.ndarray, "n _"]:
        """The fitting rows that are averaged for each of these, in their order."""
        from scipy.spatial.distance import cdist

        distance, k = cdist(features, self._X, "sqeuclidean"), min(self.k, len(self._X))
        last = np.partition(distance, k - 1)[:, k - 1 : k]
        nearer, equal = distance < last, distance == last
        left = k - nearer.sum(1, keepdims=True)
        return np.nonzero(nearer | (equal & (equal.cumsum(1) <= left)))[1].reshape(-1, k)
