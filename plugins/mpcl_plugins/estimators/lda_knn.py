"""D_pred = mean of D over the k nearest fitting rows in the space of a shrunk linear discriminant analysis.

The classes are the distinct distributions of the fitting rows, which are trials where the windows of a trial share a
rating. Directions are the leading eigenvectors of S_w⁻¹ S_b with S_w shrunk to its diagonal mean as Ledoit and Wolf do
(J. Multivariate Analysis 88, 2004): noisy directions are drawn in, those that tell trials apart drawn out. As `knn`, it
shows what a leaky split is worth; with trials held out its space is made for other trials.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, WindowSet
from mpcl_plugins.estimators._described import check_neighbours, described


class LDAKNN(Estimator):
    """The unweighted mean of the labels of the nearest rows in discriminant space, by Euclidean distance.

    A row is described as by `knn`: features as they are, a signal by each channel's mean and standard deviation.
    Where all fitting rows have one distribution, or each its own, or the rows of a distribution are too few to tell
    how they scatter, the features are compared as they are.

    Args:
        k: neighbours that are averaged; all fitting rows where there are fewer.
        modalities: the modalities that are looked at; all where none are given.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """

    name = "lda_knn"

    def __init__(self, *, k: Count = 5, modalities: list[str] | None = None) -> None:
        check_neighbours(k, modalities)
        self.k, self.modalities = k, modalities

    def fit(self, windows: WindowSet) -> "LDAKNN":
        """Learn the space and keep these rows in it.

        Raises:
            DataError: the study lacks a modality that is to be looked at.
        """
        from sklearn.neighbors import NearestNeighbors

        features = described(windows, self.modalities, self.name)
        self._D, self._space = windows.D, _discriminant(features, windows.D)
        self._search = NearestNeighbors(n_neighbors=min(self.k, len(windows))).fit(features @ self._space)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean over the nearest rows."""
        features = described(windows, self.modalities, self.name)
        nearest = self._search.kneighbors(features @ self._space, return_distance=False)
        D_pred: Float64[np.ndarray, "N k"] = self._D[np.sort(nearest)].mean(1)
        return D_pred


def _discriminant(features: Float64[np.ndarray, "N f"], D: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "f _"]:
    """The directions; with one class, or none of two rows, there are none to find, and the features stay. So they do
    where S_w has no inverse: in classes of two rows the shrinkage that Ledoit and Wolf estimate is 0.
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
