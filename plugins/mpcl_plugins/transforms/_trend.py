"""Compute how fast something rises: the slope of the least-squares line, b = Σ (s − s̄) x / Σ (s − s̄)²."""

import numpy as np
from jaxtyping import Float64


def slope(x: Float64[np.ndarray, "*r t"], sfreq: float) -> Float64[np.ndarray, "*r"]:
    """Return the slope of each row.

    Args:
        x: (…, t) samples.
        sfreq: samples a unit of time: a second or a minute.

    Returns:
        (…) the rise in that unit of time.
    """
    s = (np.arange(x.shape[-1]) - (x.shape[-1] - 1) / 2) / sfreq
    rise: Float64[np.ndarray, "*r"] = x @ s / max(np.square(s).sum(), np.finfo(np.float64).tiny)
    return rise
