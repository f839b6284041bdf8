"""The six metrics with their input checks on 100,000 x 10, against six plain NumPy expressions and PyLDL's six calls.

PyLDL is compared with where it is installed, best in a venv of its own: ``python -m venv v``, then
``v/bin/pip install -c constraints.txt -e . && v/bin/pip install python-ldl==0.1.2``. Its values must be ours to 1e-12.
Aim: no slower than either.
Run: python benchmarks/metrics.py
"""

from importlib.util import find_spec

import numpy as np

from mpcl_core.evaluation.metrics import FLOOR, METRICS, window_scores
from pairs import ratio

rng = np.random.default_rng(0)
D, D_pred = rng.dirichlet(np.ones(10), 100_000), rng.dirichlet(np.ones(10), 100_000)


def ours() -> dict[str, np.ndarray]:
    return window_scores(D, D_pred).by_metric


def plain() -> None:
    d, p = D, D_pred
    np.abs(d - p).max(1)
    np.sqrt((((d - p) / (d + p)) ** 2).sum(1))
    (np.abs(d - p) / (d + p)).sum(1)
    (d * np.log(d / np.maximum(p, FLOOR))).sum(1)
    (d * p).sum(1) / (np.linalg.norm(d, axis=1) * np.linalg.norm(p, axis=1))
    np.minimum(d, p).sum(1)


def six_calls() -> dict[str, np.ndarray]:
    from pyldl import metrics

    return {name: getattr(metrics, name)(D, D_pred, reduction=None) for name in METRICS}


if __name__ == "__main__":
    print(f"six metrics, 100,000 x 10, ours against plain: {ratio(ours, plain)}")
    if find_spec("pyldl"):
        expected = six_calls()
        apart = max(float(np.abs(values - expected[name]).max()) for name, values in ours().items())
        if apart > 1e-12:
            raise SystemExit(f"PyLDL's values are not ours: up to {apart:g} apart")
        print(f"the same against PyLDL's six calls, up to {apart:.1g} apart: {ratio(ours, six_calls)}")
    else:
        print("PyLDL is not installed; above stands how to")
