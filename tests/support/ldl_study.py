"""Rows of two modalities, one of features and one of signals, for the estimators of label distribution learning."""

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet


def study(n: int = 60, k: int = 4, seed: int = 0) -> WindowSet:
    """Features of wild scales that move the labels, and a signal that says nothing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 1, 5)) * [1, 100, 0.01, 1, 0] + [0, 50, 0, 0, 3]
    scores = np.stack([x[:, 0, 0], x[:, 0, 1] / 100, -x[:, 0, 0], 0.3 * rng.normal(size=n)], axis=1)[:, :k]
    D = np.exp(scores)
    return WindowSet(
        (Modality("table", 1, 5), Modality("pulse", 2, 16, 8.0)),
        {"table": x.astype(np.float32), "pulse": rng.normal(size=(n, 2, 16)).astype(np.float32)},
        {"table": np.ones(n, bool), "pulse": np.ones(n, bool)},
        D / D.sum(1, keepdims=True),
        tuple(f"e{i}" for i in range(k)),
        weight=rng.uniform(0.5, 1.5, n),
    )


def halves(windows: WindowSet) -> tuple[WindowSet, WindowSet]:
    """Every other row, and the others."""
    return windows.take(np.arange(0, len(windows), 2)), windows.take(np.arange(1, len(windows), 2))
