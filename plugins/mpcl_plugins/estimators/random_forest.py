"""D_pred = mean over trees of the mean D in the leaf (random forest: Breiman, Machine Learning 45, 2001).

The mean of distributions in a leaf is a distribution, and so is the mean over trees; only rounding is corrected.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, Estimator, FittedValues, Natural, Standard, StateValue, WindowSet
from mpcl_plugins.estimators._trees import Trees


class RandomForest(Estimator):
    """Train a forest of regression trees on all labels at once.

    A window is described by its features as they are, and a signal by each channel's mean and standard deviation over
    the window; an absent modality has the features of the mean window.

    Args:
        trees: the number of trees.
        leaf: the fewest windows in a leaf.
        seed: draws the windows and features of each tree.

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
        """Train the trees; each split considers a third of the features.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        from sklearn.ensemble import RandomForestRegressor

        self._standard = Standard.of(windows)
        forest = RandomForestRegressor(
            self.trees, min_samples_leaf=self.leaf, max_features=1 / 3, random_state=self.seed, n_jobs=1
        )
        forest.fit(self._standard.features(windows), windows.D, sample_weight=windows.weight)
        self._trees = Trees.of([each.tree_ for each in forest.estimators_])
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean over the trees.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        raised = self._trees.predict(self._standard.features(windows)).clip(0)
        D_pred: Float64[np.ndarray, "N k"] = raised / raised.sum(1, keepdims=True)
        return D_pred

    def state_dict(self) -> FittedValues:
        return {**self._trees.state_dict(), **self._standard.state_dict()}

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self._trees, self._standard = Trees.from_state(state), Standard.from_state(state)
