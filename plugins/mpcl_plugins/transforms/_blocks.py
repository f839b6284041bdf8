"""Measures many windows a block at a time, so that what lies between a signal and its features stays small."""

from collections.abc import Callable

import numpy as np
from einops import rearrange
from jaxtyping import Float, Float32

_SAMPLES = 2**16
"""In a block: 0.5 MB in double precision."""


def by_blocks(
    measure: Callable[[Float32[np.ndarray, "R t"]], Float[np.ndarray, "R f"]], X: Float32[np.ndarray, "N c t"]
) -> Float[np.ndarray, "N c f"]:
    """The features of each channel of each window, where ``measure`` knows those of any number of signals."""
    rows = rearrange(X, "N c t -> (N c) t")
    step = max(1, _SAMPLES // rows.shape[1])
    values = np.concatenate([measure(rows[start : start + step]) for start in range(0, max(len(rows), 1), step)])
    return rearrange(values, "(N c) f -> N c f", c=X.shape[1])
