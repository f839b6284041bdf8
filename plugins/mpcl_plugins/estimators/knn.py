"""D_pred = mean of D over the k nearest fitting windows (AA-kNN: Geng, IEEE TKDE 28, 2016).

A strong test of a split: under a leaky one it finds the other windows of the same trial and seems to predict well.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, WindowSet, nearest_neighbours, window_features
from mpcl_plugins.estimators._neighbours import check_neighbours


class KNN(Estimator):
    """Predict the unweighted mean of the labels of the k nearest fitting windows, by Euclidean distance.

    A window is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels over the window: raw samples of two windows never match in phase. Nothing is
    rescaled (put ``zscore`` before it). An absent modality counts as zeros. Of equally near windows the earlier counts.

    Args:
        k: neighbours that are averaged; all fitting windows where there are fewer.
        modalities: names of the modalities that are compared; all by default.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """

    name = "knn"

    def __init__(self, *, k: Count = 3, modalities: list[str] | None = None) -> None:
        check_neighbours(k, modalities)
        self.k, self.modalities = k, modalities

    def fit(self, windows: WindowSet) -> "KNN":
        """Store the features and the labels of the fitting windows.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.

        Raises:
            DataError: the study lacks one of ``modalities``.
        """
        self._D, self._features = windows.D, window_features(windows, self.modalities)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean label of the nearest fitting windows.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        nearest = nearest_neighbours(self._features, window_features(windows, self.modalities), self.k)
        D_pred: Float64[np.ndarray, "N k"] = self._D[np.sort(nearest)].mean(1)
        return D_pred
