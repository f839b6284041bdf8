"""Find nearest neighbours exactly and reproducibly: by Euclidean distance, ties to the earlier row."""

import numpy as np
from jaxtyping import Float64, Int64

_DISTANCES = 2**22
"""Distances held in memory at a time (32 MB)."""


def nearest_neighbours(
    known: Float64[np.ndarray, "F f"], queries: Float64[np.ndarray, "Q f"], k: int
) -> Int64[np.ndarray, "Q _"]:
    """Return the k known rows that are nearest to each query.

    Args:
        known: (F, f) the rows to search; at least one.
        queries: (Q, f) the rows whose neighbours are wanted.
        k: how many neighbours, at least 1.

    Returns:
        (Q, min(k, F)) indices into ``known``, the nearest first; of equally near rows the earlier comes first.

    Example:
        >>> import numpy as np
        >>> known = np.array([[0.0], [4.0], [1.0]])
        >>> nearest_neighbours(known, np.array([[0.2], [2.5]]), k=2).tolist()
        [[0, 2], [1, 2]]
    """
    step = max(1, _DISTANCES // len(known))
    starts = range(0, max(len(queries), 1), step)
    return np.concatenate([_nearest(known, queries[start : start + step], min(k, len(known))) for start in starts])


def _nearest(
    known: Float64[np.ndarray, "F f"], queries: Float64[np.ndarray, "q f"], k: int
) -> Int64[np.ndarray, "q k"]:
    from scipy.spatial.distance import cdist

    distance = cdist(queries, known, "sqeuclidean")
    last = np.partition(distance, k - 1)[:, k - 1 : k]
    nearer, equal = distance < last, distance == last
    places_left = k - nearer.sum(1, keepdims=True)
    found = np.nonzero(nearer | (equal & (equal.cumsum(1) <= places_left)))[1].reshape(-1, k)
    order = np.argsort(np.take_along_axis(distance, found, axis=1), axis=1, kind="stable")
    nearest: Int64[np.ndarray, "q k"] = np.take_along_axis(found, order, axis=1)
    return nearest
