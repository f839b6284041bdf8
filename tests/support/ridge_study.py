"""Make a small study of features for tests of ridge regressions."""

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet

LABELS = ("x", "y", "z")


def study(subjects: int = 8, trials: int = 10, signal: float = 0.3, seed: int = 0) -> WindowSet:
    """Two modalities of features, the first of which moves the label."""
    rng = np.random.default_rng(seed)
    n = subjects * trials
    a, b = rng.normal(2, 3, (n, 1, 4)).astype(np.float32), rng.normal(size=(n, 2, 3)).astype(np.float32)
    push = signal * (a[:, 0, 0] - 2) / 3
    D = np.exp(np.stack([push, -push, 0.3 * rng.standard_normal(n)], axis=1))
    return WindowSet(
        (Modality("a", 1, 4), Modality("b", 2, 3)),
        {"a": a, "b": b},
        {"a": np.ones(n, bool), "b": np.ones(n, bool)},
        D / D.sum(1, keepdims=True),
        LABELS,
        subject=np.array([f"s{i}" for i in range(subjects)]).repeat(trials),
        trial=np.tile([f"t{i}" for i in range(trials)], subjects),
        weight=rng.uniform(0.5, 1.5, n),
    )
