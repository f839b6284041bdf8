"""Define fitted transforms whose fit on a fold follows from statistics of its people."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from mpcl_core.interfaces.components.fitted_transform import FittedTransform
from mpcl_core.interfaces.data import WindowSet

Statistics = Mapping[str, np.ndarray]
"""Name -> array: what `MergeableTransform.fit_statistics` needs of windows."""


class AffineMap(NamedTuple):
    """Describe the map (x − offset) / scale of a modality, entry by entry.

    Args:
        offset: (c, 1) or (c, t).
        scale: of the same shape, not 0.
    """

    offset: Float[np.ndarray, "c _"]
    scale: Float[np.ndarray, "c _"]


class MergeableTransform(FittedTransform):
    """Fit from statistics that add up, and transform every window by the same map of each modality.

    The engine computes the statistics of each subject of a study once, and merges those of a fold's people instead of
    reading their windows again; the map is applied to the windows of a training step.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import AffineMap, MergeableTransform, Modality, WindowSet
        >>> class Centre(MergeableTransform):
        ...     name = "centre"
        ...
        ...     def statistics(self, windows):
        ...         n = np.array(len(windows))
        ...         return {"n": n} | {name: values.sum(0, np.float64) for name, values in windows.X.items()}
        ...
        ...     def merge(self, parts):
        ...         return {name: np.sum([part[name] for part in parts], 0) for name in parts[0]}
        ...
        ...     def fit_statistics(self, statistics):
        ...         self.means = {name: sums / statistics["n"] for name, sums in statistics.items() if name != "n"}
        ...         return self
        ...
        ...     def affine_maps(self):
        ...         return {name: AffineMap(mean, np.ones_like(mean)) for name, mean in self.means.items()}
        ...
        ...     def transform(self, windows):
        ...         X = {name: windows.X[name] - self.means[name] for name in windows.X}
        ...         return windows.with_signals({name: values.astype(np.float32) for name, values in X.items()})
        >>> X, present = np.array([[[1.0]], [[3.0]]], np.float32), np.ones(2, bool)
        >>> D = np.full((2, 2), 0.5)
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, ("happy", "sad"))
        >>> Centre().fit_transform(windows).X["gsr"].ravel()
        array([-1.,  1.], dtype=float32)
    """

    @property
    def merges(self) -> bool:
        """Return whether the transform, with its parameters, fits and transforms in this way."""
        return True

    @abstractmethod
    def statistics(self, windows: WindowSet) -> Statistics:
        """Compute what a fit needs of windows.

        Args:
            windows: any windows of the study; ``D`` is NaN. Must not be changed.

        Returns:
            The statistics.
        """

    @abstractmethod
    def merge(self, parts: Sequence[Statistics]) -> Statistics:
        """Return the statistics of all windows of several parts.

        Args:
            parts: the statistics of each part, at least one.

        Returns:
            The statistics of their union.
        """

    @abstractmethod
    def fit_statistics(self, statistics: Statistics) -> "MergeableTransform":
        """Learn from the statistics of the fitting windows.

        Args:
            statistics: as `statistics` or `merge` returned them.

        Returns:
            The transform itself.
        """

    @abstractmethod
    def affine_maps(self) -> Mapping[str, AffineMap]:
        """Return what `transform` does to every window, after a fit.

        Returns:
            Modality name -> its map; other modalities stay as they are. An absent modality stays 0.
        """

    def fit(self, windows: WindowSet) -> "MergeableTransform":
        """Learn from the fold's fitting windows.

        Args:
            windows: the fitting windows.

        Returns:
            The transform itself.
        """
        return self.fit_statistics(self.statistics(windows))
