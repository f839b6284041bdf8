"""Find the nearest windows with each feature scaled by its standard deviation."""

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours


def nearest_scaled(
    known: Float64[np.ndarray, "F f"], queries: Float64[np.ndarray, "Q f"], k: int
) -> Int64[np.ndarray, "Q _"]:
    """Return the k known windows nearest to each query, by features scaled by their deviation.

    Args:
        known: (F, f) features of the windows to search.
        queries: (Q, f) features of the windows whose neighbours are wanted.
        k: how many neighbours.

    Returns:
        (Q, min(k, F)) indices into ``known``, the nearest first; of equally near windows the earlier comes first.
    """
    deviation = known.std(0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return nearest_neighbours(known / scale, queries / scale, k)
