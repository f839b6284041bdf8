"""Define the slot of estimators, which predict without a network."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.components.fitted_state import FittedComponent
from mpcl_core.interfaces.data import WindowSet


class Estimator(FittedComponent, ABC):
    """Predict distributions with a model that is not a network, such as the mean, k-NN or ridge.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Estimator, Modality, WindowSet
        >>> class TrainingMean(Estimator):
        ...     name = "training_mean"
        ...
        ...     def fit(self, windows):
        ...         self.mean = np.average(windows.D, axis=0, weights=windows.weight)
        ...         return self
        ...
        ...     def predict(self, windows):
        ...         return np.tile(self.mean, (len(windows), 1))
        >>> X, present = np.zeros((2, 1, 1), np.float32), np.ones(2, bool)
        >>> D = np.array([[0.8, 0.2], [0.4, 0.6]])
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, ("happy", "sad"))
        >>> TrainingMean().fit(windows).predict(windows)[0].round(2)
        array([0.6, 0.4])
    """

    slot: ClassVar[str] = "estimator"
    uses_signals: ClassVar[bool] = True
    """False for an estimator of labels alone: it gets windows without modalities, and nothing is normalised for it."""

    @abstractmethod
    def fit(self, windows: WindowSet) -> "Estimator":
        """Learn from the fold's fitting windows (train and validation).

        Args:
            windows: the fitting windows. Must not be changed.

        Returns:
            The estimator itself.
        """

    def observe_signals(self, windows: WindowSet) -> None:
        """Learn from signals without ratings, before `fit`; by default they are not used.

        Called where a fold has windows whose ratings are hidden.

        Args:
            windows: the fitting windows and the unrated ones; ``D`` is NaN. Must not be changed.
        """

    @abstractmethod
    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict the distributions of windows.

        Args:
            windows: of any part of the fold. Their ``D`` must not be used.

        Returns:
            D_pred (N, k): not negative, each row sums to 1.
        """
