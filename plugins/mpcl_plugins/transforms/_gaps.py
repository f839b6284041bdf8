"""Bridge the dropouts (NaN) of a recording by straight lines, for filters that would spread them."""

import numpy as np
from jaxtyping import Bool, Float32


def bridge_gaps(
    values: Float32[np.ndarray, "c T"],
) -> tuple[Float32[np.ndarray, "c T"], Bool[np.ndarray, "c T"]]:
    """Return the values with a line across each dropout, and where the dropouts are.

    Args:
        values: (c, T) samples. Before the first and after the last known sample the line is level; a channel without
            any known sample becomes 0.

    Returns:
        (c, T) values without NaN, and (c, T) which were missing.
    """
    missing = np.isnan(values)
    if not missing.any():
        return values, missing
    filled, t = np.zeros_like(values), np.arange(values.shape[1])
    for channel, is_missing in enumerate(missing):
        if not is_missing.all():
            filled[channel] = np.interp(t, t[~is_missing], values[channel, ~is_missing])
    return filled, missing
