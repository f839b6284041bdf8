"""D_pred = mean of D over the k nearest fitting windows in the space of a shrunk linear discriminant analysis.

The classes are the distinct distributions of the fitting windows, which are trials where the windows of a trial share
a rating. Directions are the leading eigenvectors of S_w⁻¹ S_b with S_w shrunk to its diagonal mean as Ledoit and Wolf
do (J. Multivariate Analysis 88, 2004): noisy directions are shortened, those that separate trials lengthened. Like
`knn`, it shows what a leaky split is worth; with trials held out, its space was made for other trials.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, WindowSet, nearest_neighbours, window_features
from mpcl_plugins.estimators._neighbours import check_neighbours


class LDAKNN(Estimator):
    """Predict the unweighted mean of the labels of the nearest windows in discriminant space.

    Distances are Euclidean. A window is described as by `knn`: features as they are, a signal by each channel's mean
    and standard deviation. Where all fitting windows have one distribution, or each its own, or the windows of a
    distribution are too few to show how they scatter, the features are compared as they are.

    Args:
        k: neighbours that are averaged; all fitting windows where there are fewer.
        modalities: names of the modalities that are compared; all by default.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """

    name = "lda_knn"

    def __init__(self, *, k: Count = 5, modalities: list[str] | None = None) -> None:
        check_neighbours(k, modalities)
        self.k, self.modalities = k, modalities

    def fit(self, windows: WindowSet) -> "LDAKNN":
        """Learn the directions and store the fitting windows projected onto them.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.

        Raises:
            DataError: the study lacks one of ``modalities``.
        """
        features = window_features(windows, self.modalities)
        self._D, self._directions = windows.D, _discriminant(features, windows.D)
        self._projected = features @ self._directions
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean label of the nearest fitting windows in discriminant space.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        projected = window_features(windows, self.modalities) @ self._directions
        nearest = nearest_neighbours(self._projected, projected, self.k)
        D_pred: Float64[np.ndarray, "N k"] = self._D[np.sort(nearest)].mean(1)
        return D_pred


def _discriminant(features: Float64[np.ndarray, "N f"], D: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "f _"]:
    """Return the leading discriminant directions of the features, or the identity where there are none.

    There are none with one class, with no class of two windows, or where S_w has no inverse: in classes of two windows
    the shrinkage that Ledoit and Wolf estimate is 0.

    Returns:
        (f, c - 1) directions for c classes, or (f, f).
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    label = np.unique(D, axis=0, return_inverse=True)[1].reshape(-1)
    varied = features.std(0) > 0
    if not 1 < label.max() + 1 < len(label) or not varied.any():
        return np.eye(features.shape[1])
    analysis = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    try:
        analysis.fit(features[:, varied], label)
    except np.linalg.LinAlgError:
        return np.eye(features.shape[1])
    directions = np.zeros((features.shape[1], label.max()))
    found = analysis.scalings_[:, : label.max()]
    directions[varied, : found.shape[1]] = found
    return directions
