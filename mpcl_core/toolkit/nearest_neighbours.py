"""Find nearest neighbours exactly and reproducibly: by Euclidean distance, ties to the earlier row.

‖q - x‖² = ‖q‖² + ‖x‖² - 2 q·x gives all distances by one matrix product, to a known rounding error (Higham, *Accuracy
and Stability of Numerical Algorithms*, 2002, equation 3.5). The few rows that the error leaves in question are compared
again by their differences, so the neighbours, ties included, are those of a sort of all distances.
"""

import numpy as np
from jaxtyping import Float64, Int64

_QUERIES = 1024
"""Queries whose distances are computed at a time."""

_KNOWN = 4096
"""Known rows per matrix product: 4 million distances, 32 MB."""


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
    nearest = np.empty((len(queries), min(k, len(known))), dtype=np.int64)
    centre = known.mean(0)
    for start in range(0, len(queries), _QUERIES):
        part = slice(start, start + _QUERIES)
        candidates = _candidates(known, queries[part], centre, nearest.shape[1])
        for row, columns in enumerate(candidates, start):
            nearest[row] = _nearest(known, columns, queries[row], nearest.shape[1])
    return nearest


def _candidates(
    known: Float64[np.ndarray, "F f"], queries: Float64[np.ndarray, "q f"], centre: Float64[np.ndarray, " f"], k: int
) -> list[Int64[np.ndarray, " _"]]:
    """Return for each query the known rows that may be among its k nearest, in ascending order.

    Returns:
        q arrays of at least k indices into ``known``.
    """
    highest = np.full((len(queries), k), np.inf)  # what the distances of the k nearest so far are at most
    columns, rows, lowest = [], [], []
    deviation = queries - centre
    size = np.einsum("qf,qf->q", deviation, deviation)[:, None]
    for start in range(0, len(known), _KNOWN):
        other = known[start : start + _KNOWN] - centre
        other_size = np.einsum("xf,xf->x", other, other)
        distance = deviation @ other.T
        distance *= -2
        distance += size
        distance += other_size
        error = _rounding(known.shape[1]) * (size + other_size.max()) + np.finfo(np.float64).tiny
        nearer = np.partition(distance, min(k, len(other)) - 1)[:, :k] + error
        highest = np.sort(np.concatenate([highest, nearer], axis=1))[:, :k]
        row, column = np.nonzero(~(distance - error > highest[:, -1:]))  # a distance that is not a number stays
        rows.append(row)
        columns.append(column + start)
        lowest.append(distance[row, column] - error[row, 0])
    row, column, low = map(np.concatenate, (rows, columns, lowest))
    possible = ~(low > highest[row, -1])
    row, column = row[possible], column[possible]
    order = np.argsort(row, kind="stable")
    return np.split(column[order], np.cumsum(np.bincount(row, minlength=len(queries)))[:-1])


def _rounding(f: int) -> float:
    """Compute an upper bound of the rounding error of a distance from a product over f features.

    Returns:
        The error, as a share of the squared sizes of both rows.
    """
    return 4 * (f + 8) * float(np.finfo(np.float64).eps)


def _nearest(
    known: Float64[np.ndarray, "F f"], columns: Int64[np.ndarray, " c"], query: Float64[np.ndarray, " f"], k: int
) -> Int64[np.ndarray, " k"]:
    from scipy.spatial.distance import cdist

    distance = cdist(query[None], known[columns], "sqeuclidean")[0]
    nearest: Int64[np.ndarray, " k"] = columns[np.argsort(distance, kind="stable")[:k]]
    return nearest
