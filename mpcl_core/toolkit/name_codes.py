"""Number names, of subjects or trials say, which are the same for many windows in a row."""

import numpy as np
from jaxtyping import Int64, Shaped


def distinct_names(names: Shaped[np.ndarray, "N"]) -> Shaped[np.ndarray, "_"]:
    """Return the distinct names in order.

    Sorting strings is slow, and windows of one person follow each other, so that only the first of each run is sorted.

    Args:
        names: (N,) the name of each window.

    Returns:
        The distinct names, sorted.

    Example:
        >>> distinct_names(np.array(["b", "b", "a", "b"])).tolist()
        ['a', 'b']
    """
    return np.unique(names[_starts(names)])


def number_names(names: Shaped[np.ndarray, "N"]) -> tuple[Shaped[np.ndarray, "_"], Int64[np.ndarray, "N"]]:
    """Return the distinct names in order, and the number of each window's name among them.

    Args:
        names: (N,) the name of each window.

    Returns:
        The distinct names, sorted; (N,) numbers from 0.

    Example:
        >>> distinct, number = number_names(np.array(["b", "b", "a", "b"]))
        >>> distinct.tolist(), number.tolist()
        (['a', 'b'], [1, 1, 0, 1])
    """
    starts = _starts(names)
    distinct, number = np.unique(names[starts], return_inverse=True)
    ends = np.append(starts[1:], len(names)) if len(starts) else starts
    return distinct, np.repeat(number.reshape(-1), ends - starts)


def _starts(names: Shaped[np.ndarray, "N"]) -> Int64[np.ndarray, "_"]:
    """Return the positions at which a name differs from the one before it.

    Text is compared by its code points, which takes a fifth of the time.

    Returns:
        The positions, increasing; the first is 0 unless there are no names.
    """
    codes, width = names, 1
    if names.dtype.kind == "U" and names.dtype.itemsize:
        width = names.dtype.itemsize // 4
        codes = np.ascontiguousarray(names).view(np.uint32)
    differing = np.flatnonzero(codes[width:] != codes[:-width]) // width + 1
    starts = np.concatenate([np.zeros(min(len(names), 1), np.int64), differing])
    is_further = np.concatenate([[True], starts[1:] > starts[:-1]])[: len(starts)]
    found: Int64[np.ndarray, _] = starts[is_further]
    return found
