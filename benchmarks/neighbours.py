"""Search of the nearest neighbours by matrix products, against all distances one by one (scipy's cdist) and a sort.

Aim: a fold of DMER's size (72 people × 864 windows × 913 features, 864 queries, k = 3) within 4 s of processor time,
with exactly the neighbours of the sort. Features are drawn and rounded, and an eighth of the windows are copies, so
that there are ties.
Run: OMP_NUM_THREADS=1 python benchmarks/neighbours.py
"""

import time

import numpy as np
from scipy.spatial.distance import cdist

from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours
from pairs import ratio

K = 3


def study(known: int, queries: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = rng.normal(3.0, 1.0, (known + queries, features)).round(2)
    rows[: known // 8] = rows[known // 8 : 2 * (known // 8)]
    return rows[:known], rows[known:]


def by_sort(known: np.ndarray, queries: np.ndarray) -> np.ndarray:
    parts = np.array_split(queries, -(-len(queries) // 64))
    distances = (cdist(part, known, "sqeuclidean") for part in parts)
    return np.concatenate([np.argsort(distance, axis=1, kind="stable")[:, :K] for distance in distances])


if __name__ == "__main__":
    for size in ((300, 100, 5), (3_000, 300, 32), (10_000, 200, 913)):
        known, queries = study(*size)
        np.testing.assert_array_equal(nearest_neighbours(known, queries, K), by_sort(known, queries))

        def ours(known: np.ndarray = known, queries: np.ndarray = queries) -> np.ndarray:
            return nearest_neighbours(known, queries, K)

        def theirs(known: np.ndarray = known, queries: np.ndarray = queries) -> np.ndarray:
            return by_sort(known, queries)

        label = "{} known, {} queries, {} features".format(*size)
        print(f"{label}, over a sort of all distances: {ratio(ours, theirs, clock=time.process_time)}", flush=True)
    known, queries = study(72 * 864, 864, 913)
    started = time.process_time()
    found = nearest_neighbours(known, queries, K)
    print(f"a fold of DMER's size: {time.process_time() - started:.1f} s of processor time", flush=True)
    np.testing.assert_array_equal(found[:64], by_sort(known, queries[:64]))
