"""Make files of ldl_mat as the tests of several readers need them."""

import numpy as np

Arrays = dict[str, np.ndarray]


def made(rows: int = 8, k: int = 3) -> Arrays:
    rng = np.random.default_rng(0)
    return {"features": rng.standard_normal((rows, 5)), "labels": rng.dirichlet(np.ones(k), rows)}
