"""Search of the nearest neighbours by matrix products, against all distances one by one (scipy's cdist) and a sort.

Aim: a fold of DMER's size (72 people × 864 windows × 913 features, 864 queries, k = 3) within 4 s of processor time,
with exactly the neighbours of the sort. Features are drawn and rounded, and an eighth of the windows are copies, so
that there are ties. The sort of a fold takes a minute, so that its neighbours are compared for some of its queries,
drawn at random, with all known windows.
Run: OMP_NUM_THREADS=1 python benchmarks/neighbours.py [--checked 64] [--pairs 15]
"""

import argparse
import time
from functools import partial

import numpy as np
from scipy.spatial.distance import cdist

from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours
from pairs import ratio

K = 3
SIZES = ((300, 100, 5), (3_000, 300, 32), (10_000, 50, 913))
FOLD = 72 * 864, 864, 913


def study(known: int, queries: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = rng.normal(3.0, 1.0, (known + queries, features)).round(2)
    rows[: known // 8] = rows[known // 8 : 2 * (known // 8)]
    return rows[:known], rows[known:]


def by_sort(known: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    parts = np.array_split(queries, -(-len(queries) // 64))
    distances = (cdist(part, known, "sqeuclidean") for part in parts)
    return np.concatenate([np.argsort(distance, axis=1, kind="stable")[:, :k] for distance in distances])


def check_fold(n_checked: int) -> None:
    """Time a fold of DMER's size, and compare some of its queries with the sort."""
    known, queries = study(*FOLD)
    started = time.process_time()
    found = nearest_neighbours(known, queries, K)
    print(f"a fold of DMER's size: {time.process_time() - started:.1f} s of processor time (aim 4)", flush=True)
    checked = np.random.default_rng(1).choice(len(queries), n_checked, replace=False)
    nearest = by_sort(known, queries[checked], K + 1)
    np.testing.assert_array_equal(found[checked], nearest[:, :K])
    distance = ((known[nearest] - queries[checked][:, None]) ** 2).sum(-1)
    tied = (np.diff(distance, axis=1) == 0).any(1).sum()
    print(f"{n_checked} of {len(queries)} queries: the neighbours of the sort, {tied} of them with ties", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--checked", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=15)
    arguments = parser.parse_args()
    check_fold(arguments.checked)
    for size in SIZES:
        ours, theirs = (partial(search, *study(*size), K) for search in (nearest_neighbours, by_sort))
        np.testing.assert_array_equal(ours(), theirs())
        found = ratio(ours, theirs, arguments.pairs, clock=time.process_time)
        print("{} known, {} queries, {} features, over a sort: {}".format(*size, found), flush=True)
