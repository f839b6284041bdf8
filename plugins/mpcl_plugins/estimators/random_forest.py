"""D_pred = mean over trees of the mean D in the leaf (random forest: Breiman, Machine Learning 45, 2001).

A leaf's mean of distributions is one, and so is their mean over trees: nothing has to be put back on the simplex but
what rounding took off.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, Natural, Standard, WindowSet


class RandomForest(Estimator):
    """A forest of regression trees on all labels at once.

    A row is described by its features as they are, and a signal by each channel's mean and standard deviation over the
    window; an absent modality is as in the mean row.

    Args:
        trees: how many.
        leaf: the fewest rows in a leaf.
        seed: draws the rows and features of each tree.

    Raises:
        ValueError: ``trees`` or ``leaf`` is below 1.
    """

    name = "random_forest"

    def __init__(self, *, trees: Count = 200, leaf: Count = 5, seed: Natural = 0) -> None:
        for what, value in {"trees": trees, "leaf": leaf}.items():
            if value < 1:
                raise ValueError(f"{what} is {value}, but at least 1 is needed")
        self.trees, self.leaf, self.seed = trees, leaf, seed

    def fit(self, windows: WindowSet) -> "RandomForest":
        """Grows the trees; a third of the features is looked at for each split."""
        from sklearn.ensemble import RandomForestRegressor

        self._standard = Standard.of(windows)
        forest = RandomForestRegressor(
            self.trees, min_samples_leaf=self.leaf, max_features=1 / 3, random_state=self.seed, n_jobs=1
        )
        self._forest = forest.fit(self._standard.features(windows), windows.D, sample_weight=windows.weight)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), the mean over the trees."""
        raised = self._forest.predict(self._standard.features(windows)).clip(0)
        D_pred: Float64[np.ndarray, "N k"] = raised / raised.sum(1, keepdims=True)
        return D_pred
