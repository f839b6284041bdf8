"""Resample rows that lie between the samples of a grid, with gaps that stay gaps."""

import numpy as np
from jaxtyping import Float64, Int64, Shaped

_NEAREST = 0.5  # samples: beside a gap, a row stands for the sample of the grid that is so near
_AT_ONCE = 2**18  # values that are interpolated at once


def interpolate(
    values: Shaped[np.ndarray, "n c"],
    position: Float64[np.ndarray, "n"],
    place: Int64[np.ndarray, "n"],
    samples: Int64[np.ndarray, "m"],
) -> Float64[np.ndarray, "m c"]:
    """Return samples of a grid by cubic interpolation between rows, linear where a neighbour is missing.

    Args:
        values: (n, c) numbers of any type.
        position: (n,) where the rows lie on the grid; does not fall.
        place: (n,) the index of each row among the rows that were taken, lost ones included.
        samples: (m,) the wanted samples of the grid.

    Returns:
        (m, c) samples, NaN within gaps and outside of the rows.
    """
    filled = np.full((len(samples), values.shape[1]), np.nan)
    if not len(values):
        return filled
    count = max(_AT_ONCE // values.shape[1], 1)
    for first in range(0, len(samples), count):
        _fill(filled[first : first + count], values, position, place, samples[first : first + count])
    return filled


def _fill(
    filled: Float64[np.ndarray, "m c"],
    values: Shaped[np.ndarray, "n c"],
    position: Float64[np.ndarray, "n"],
    place: Int64[np.ndarray, "n"],
    samples: Int64[np.ndarray, "m"],
) -> None:
    left = np.clip(np.searchsorted(position, samples, "right") - 1, 0, max(len(values) - 2, 0))
    right = np.minimum(left + 1, len(values) - 1)
    width = position[right] - position[left]
    part = np.divide(samples - position[left], width, out=np.zeros(len(samples)), where=width > 0)
    inside = (place[right] - place[left] == 1) & (part >= 0) & (part <= 1)
    filled[inside] = _cubic(values, left[inside], part[inside, None], place)
    nearest = np.where(np.abs(samples - position[left]) <= np.abs(samples - position[right]), left, right)
    beside = ~inside & (np.abs(samples - position[nearest]) <= _NEAREST)
    filled[beside] = values[nearest[beside]]


def _cubic(
    values: Shaped[np.ndarray, "n c"],
    left: Int64[np.ndarray, "m"],
    part: Float64[np.ndarray, "m 1"],
    place: Int64[np.ndarray, "n"],
) -> Float64[np.ndarray, "m c"]:
    """Return the cubic through four rows at ``part`` of the way from the second to the third.

    Returns:
        (m, c) numbers.
    """
    before, after = np.maximum(left - 1, 0), np.minimum(left + 2, len(values) - 1)
    a, b, c, d = (values[rows].astype(np.float64) for rows in (before, left, left + 1, after))
    weights = (
        -part * (part - 1) * (part - 2) / 6,
        (part + 1) * (part - 1) * (part - 2) / 2,
        -(part + 1) * part * (part - 2) / 2,
        (part + 1) * part * (part - 1) / 6,
    )
    cubic = sum(weight * rows for weight, rows in zip(weights, (a, b, c, d), strict=True))
    adjacent = (place[after] - place[before] == 3)[:, None] & np.isfinite(cubic)
    straight = np.where(part == 0, b, np.where(part == 1, c, (1 - part) * b + part * c))
    return np.asarray(np.where(adjacent, cubic, straight))
