"""Copy the windows at some indices, by slices where these run on, as all windows but one person's do."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Int64, Shaped

SHORTEST_SLICE = 16
"""Mean number of windows of a slice from which on slices are quicker than indices."""


def select_windows(indices: Int64[np.ndarray, "R"]) -> Callable[[Shaped[np.ndarray, "N ..."]], Shaped[np.ndarray, "_"]]:
    """Return a function that copies the values of some windows, exactly as ``values[indices]`` does.

    Args:
        indices: of the windows.

    Returns:
        The function, which takes (N, ...) values, and returns those at the indices.

    Example:
        >>> select_windows(np.array([1, 0, 1]))(np.array([2.0, 3.0])).tolist()
        [3.0, 2.0, 3.0]
    """
    if not isinstance(indices, np.ndarray) or indices.dtype != np.int64 or indices.ndim != 1 or not len(indices):
        return lambda values: values[indices]
    first = np.concatenate([[0], np.flatnonzero(indices[1:] - indices[:-1] != 1) + 1])
    is_sliced = len(first) * SHORTEST_SLICE <= len(indices) and indices.min() >= 0
    starts, last = first.tolist(), int(indices.max())
    ends = [*starts[1:], len(indices)]
    slices = list(zip(starts, ends, indices[first].tolist(), strict=True)) if is_sliced else []

    def select(values: Any) -> Any:
        if not values.flags.c_contiguous or (is_sliced and last >= len(values)):
            return values[indices]
        if not is_sliced:
            return np.take(values, indices, axis=0)
        selected = np.empty((len(indices), *values.shape[1:]), values.dtype)
        for start, end, index in slices:
            selected[start:end] = values[index : index + end - start]
        return selected

    return select
