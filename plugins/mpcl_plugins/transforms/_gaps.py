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
    filled = np.array(values)
    for channel, is_missing in enumerate(missing):
        _bridge(filled[channel], is_missing)
    return filled, missing


def _bridge(x: Float32[np.ndarray, "T"], missing: Bool[np.ndarray, "T"]) -> None:
    """Write straight lines across the missing samples of a channel."""
    if missing.all():
        x[:] = 0
        return
    edges = np.diff(missing.view(np.int8), prepend=np.int8(0), append=np.int8(0))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(starts):
        return
    before = np.where(starts > 0, starts - 1, stops.clip(max=len(x) - 1))
    after = np.where(stops < len(x), stops, before)
    low, high = x[before].astype(np.float64), x[after].astype(np.float64)
    slope = (high - low) / np.maximum(after - before, 1)
    length = stops - starts
    at = np.flatnonzero(missing)
    distance = at - np.repeat(np.where(starts > 0, before, at[0]), length)
    x[at] = np.repeat(slope, length) * distance + np.repeat(low, length)
