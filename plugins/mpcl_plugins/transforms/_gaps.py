"""Dropouts (NaN) in a recording, for what would spread them: bridged by a straight line before, put back after."""

import numpy as np
from jaxtyping import Bool, Float32


def bridged(
    values: Float32[np.ndarray, "c T"],
) -> tuple[Float32[np.ndarray, "c T"], Bool[np.ndarray, "c T"]]:
    """The values with a line across each dropout (level before the first and after the last sample, 0 in a channel
    without any), and where the dropouts are."""
    missing = np.isnan(values)
    if not missing.any():
        return values, missing
    filled, t = np.zeros_like(values), np.arange(values.shape[1])
    for channel, gone in enumerate(missing):
        if not gone.all():
            filled[channel] = np.interp(t, t[~gone], values[channel, ~gone])
    return filled, missing
