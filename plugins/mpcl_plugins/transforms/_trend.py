"""How fast something rises: the slope of the straight line of least squares, b = Σ (s − s̄) x / Σ (s − s̄)²."""

import numpy as np
from jaxtyping import Float64


def slope(x: Float64[np.ndarray, "*r t"], sfreq: float) -> Float64[np.ndarray, "*r"]:
    """Of each row, per second where ``sfreq`` is samples a second, per minute where it is samples a minute."""
    s = (np.arange(x.shape[-1]) - (x.shape[-1] - 1) / 2) / sfreq
    rise: Float64[np.ndarray, "*r"] = x @ s / max(np.square(s).sum(), np.finfo(np.float64).tiny)
    return rise
