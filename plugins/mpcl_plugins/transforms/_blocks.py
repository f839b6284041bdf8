"""Measure many windows a block at a time, so that the intermediate arrays stay small."""

from collections.abc import Callable

import numpy as np
from einops import rearrange
from jaxtyping import Float, Float32

_SAMPLES = 2**16
"""In a block: 0.5 MB in double precision."""


def measure_in_blocks(
    measure: Callable[[Float32[np.ndarray, "R t"]], Float[np.ndarray, "R f"]], X: Float32[np.ndarray, "N c t"]
) -> Float[np.ndarray, "N c f"]:
    """Return the features of each channel of each window.

    Args:
        measure: computes the features (R, f) of any number R of signals (R, t).
        X: (N, c, t) windows.

    Returns:
        (N, c, f) features.
    """
    signals = rearrange(X, "N c t -> (N c) t")
    step = max(1, _SAMPLES // signals.shape[1])
    values = np.concatenate([measure(signals[start : start + step]) for start in range(0, max(len(signals), 1), step)])
    return rearrange(values, "(N c) f -> N c f", c=X.shape[1])
