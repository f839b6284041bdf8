"""Measure mean and variance of windows, pool those of several sets, and normalise by them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.plugin import Modality


class Moments(NamedTuple):
    """Hold the moments of a channel, or of each of its features.

    Args:
        n: the number of windows.
        mean: (1, c, 1) or (1, c, t) their mean.
        variance: their variance, of the same shape.
    """

    n: int
    mean: Float64[np.ndarray, "1 c _"]
    variance: Float64[np.ndarray, "1 c _"]

    @classmethod
    def of(cls, values: Float32[np.ndarray, "N c t"], modality: Modality) -> "Moments":
        """Measure windows; what never varies has the variance 0.

        Args:
            values: (N, c, t) windows, at least one.
            modality: sampled signals are measured by channel, a feature table by entry.

        Returns:
            The moments, computed in float64.
        """
        axes = (0,) if modality.sfreq is None else (0, 2)
        n = math.prod(values.shape[axis] for axis in axes)
        mean = np.add.reduce(values, axes, np.float64, keepdims=True) / n
        variance = np.add.reduce((values - mean) ** 2, axes, keepdims=True) / n
        first = values[:1] if modality.sfreq is None else values[:1, :, :1]
        constant = np.logical_and.reduce(values == first, axes, keepdims=True)
        return cls(len(values), mean, np.where(constant, 0.0, variance))

    @staticmethod
    def pooled(parts: "Sequence[Moments]") -> "Moments":
        """Pool the moments of several sets of windows.

            n = Σ n_i     μ = Σ n_i μ_i / n     σ² = Σ n_i (σ_i² + (μ_i − μ)²) / n

        Args:
            parts: the moments of each set, at least one.

        Returns:
            The moments of all their windows.
        """
        counts, all_means, all_variances = zip(*parts, strict=True)
        share = np.array(counts, np.float64)[:, None, None]
        n = float(share.sum())
        means, variances = np.concatenate(all_means), np.concatenate(all_variances)
        mean = (share * means).sum(0, keepdims=True) / n
        return Moments(int(n), mean, (share * (variances + (means - mean) ** 2)).sum(0, keepdims=True) / n)

    @property
    def deviation(self) -> Float64[np.ndarray, "1 c _"]:
        """Return σ, and 1 for what never varies."""
        return np.where(self.variance > 0, np.sqrt(self.variance), 1.0)

    def normalised(self, values: Float32[np.ndarray, "N c t"]) -> Float64[np.ndarray, "N c t"]:
        """Return (x − μ) / σ.

        Args:
            values: (N, c, t) windows.

        Returns:
            (N, c, t) in float64.
        """
        return np.asarray((values - self.mean) / self.deviation)
