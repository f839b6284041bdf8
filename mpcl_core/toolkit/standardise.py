"""Standardise features on the fitting windows: x = (features − mean) / deviation, so that every feature weighs alike.

An unknown feature (of an absent modality) and a feature that never varies are 0, which is the mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from mpcl_core.interfaces.components import FittedValues, StateValue
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.toolkit.window_features import known_features, window_features

_CONSTANT = 1e-9
"""A feature whose deviation is below this share of its mean is taken as constant."""


@dataclass(frozen=True)
class Standard:
    """Hold the means and the deviations of features, by which others are standardised.

    Args:
        centre: (f,) the means.
        scale: (f,) the standard deviations; infinite where a feature never varies.

    Example:
        >>> import numpy as np
        >>> standard = Standard.from_moments(np.array([2.0, 5.0]), np.array([0.5, 0.0]))
        >>> standard(np.array([[3.0, 7.0]]), known=np.array([[True, True]])).tolist()
        [[2.0, 0.0]]
    """

    centre: Float64[np.ndarray, "f"]
    scale: Float64[np.ndarray, "f"]

    @classmethod
    def from_moments(cls, mean: Float64[np.ndarray, "f"], deviation: Float64[np.ndarray, "f"]) -> "Standard":
        """Return the standard with these moments.

        Args:
            mean: (f,) the mean of each feature.
            deviation: (f,) its standard deviation, 0 or nearly so where it never varies.

        Returns:
            The standard, with an infinite scale for constant features.
        """
        varies = deviation > _CONSTANT * np.abs(mean).clip(_CONSTANT)
        return cls(mean, np.where(varies, deviation, np.inf))

    @classmethod
    def of(cls, windows: WindowSet) -> "Standard":
        """Return the standard of the features of these windows, each with its weight.

        Args:
            windows: the fitting windows.

        Returns:
            Moments over the windows in which a feature is known; 0 and infinity for a feature known in none.
        """
        x, known = window_features(windows), known_features(windows)
        counted = windows.weight[:, None] * known
        share = counted / counted.sum(0).clip(np.finfo(np.float64).tiny)
        mean = (share * x).sum(0)
        return cls.from_moments(mean, np.sqrt((share * np.square(x - mean)).sum(0)))

    @classmethod
    def from_state(cls, state: Mapping[str, StateValue]) -> "Standard":
        """Return the standard that `state_dict` described.

        Args:
            state: holds ``centre`` and ``scale``, and possibly other values.

        Returns:
            The same standard.
        """
        return cls(np.asarray(state["centre"]), np.asarray(state["scale"]))

    def state_dict(self) -> FittedValues:
        """Return the means and the deviations by name, for the state of a component.

        Returns:
            ``centre`` and ``scale``.
        """
        return {"centre": self.centre, "scale": self.scale}

    def features(self, windows: WindowSet) -> Float64[np.ndarray, "N f"]:
        """Return the standardised features of these windows.

        Args:
            windows: N windows of the same modalities.

        Returns:
            (N, f) features without unit.
        """
        return self(window_features(windows), known_features(windows))

    def __call__(
        self, features: Float64[np.ndarray, "N f"], known: Bool[np.ndarray, "N f"]
    ) -> Float64[np.ndarray, "N f"]:
        """Return the features standardised.

        Args:
            features: (N, f) as `window_features` returns them.
            known: (N, f) as `known_features` returns them.

        Returns:
            (N, f), 0 where a feature is unknown or constant.
        """
        standardised: Float64[np.ndarray, "N f"] = (features - self.centre) / self.scale * known
        return standardised
