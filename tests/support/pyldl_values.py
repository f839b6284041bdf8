"""Writes what PyLDL's six metrics say of some rows, for ``test_metrics.py``. In a venv of its own:

python -m venv v && v/bin/pip install python-ldl==0.1.2
v/bin/python tests/results/pyldl_values.py > tests/results/pyldl_values.json
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from pyldl import metrics

NAMES = ("chebyshev", "clark", "canberra", "kl_divergence", "cosine", "intersection")


def said(D: np.ndarray, D_pred: np.ndarray) -> dict[str, object]:
    rows = {name: getattr(metrics, name)(D, D_pred, reduction=None).tolist() for name in NAMES}
    mean = {name: float(getattr(metrics, name)(D, D_pred)) for name in NAMES}
    return {"D": D.tolist(), "D_pred": D_pred.tolist(), "rows": rows, "mean": mean}


rng = np.random.default_rng(2016)
D, D_pred = rng.dirichlet(np.ones(6), 24), rng.dirichlet(np.ones(6), 24)
D_pred[:4] = D[:4] * 0.999 + 0.001 / 6  # all but right
D_pred[4] = D[4]
ZEROS = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.0, 0.4, 0.6]]
ZEROS_PRED = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.5, 0.5]]
content = {"python-ldl": version("python-ldl"), "numpy": np.__version__}
json.dump({**content, "positive": said(D, D_pred), "zeros": said(np.array(ZEROS), np.array(ZEROS_PRED))}, sys.stdout)
sys.stdout.write("\n")
