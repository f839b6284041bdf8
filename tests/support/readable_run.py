"""Make a run of a network, an estimator and a baseline by hand, for tests of what reads runs."""

from pathlib import Path

import numpy as np

from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)
UNIFORM = np.full(D.shape, 1 / 3)
VARIANTS = {"net": {}, "near": {"estimator": {"use": "knn"}}}


def readable_run(folder: Path) -> RunReader:
    """Write the variants ``net`` with seeds 0, 2 and 10, ``near`` and ``mean``, with 8 subjects and 2 folds."""
    predict(folder, "mean", D, UNIFORM)
    predict(folder, "near", D, UNIFORM)
    for seed in (0, 10, 2):
        predict(folder, "net", D, near(D, [0.1] * 8), seed)
    return RunReader(finish(folder, study("mean", "net", "near"), variants=VARIANTS, source={"use": "toy"}))
