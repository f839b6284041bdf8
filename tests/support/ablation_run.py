"""Make an ablation by hand: two baselines, a full variant and two without a part."""

from pathlib import Path

import numpy as np

from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)
UNIFORM = np.full(D.shape, 1 / 3)
MEAN = np.tile(D.mean(0), (len(D), 1))
SHARE = {"full": np.linspace(0.1, 0.2, 8), "no_a": np.linspace(0.3, 0.5, 8), "no_b": np.linspace(0.1, 0.2, 8)[::-1]}


def ablation(run: Path, name: str = "ablation", **more: object) -> Path:
    """Write a run of the variants in `SHARE`, with two seeds each, and the baselines."""
    predict(run, "uniform", D, UNIFORM)
    predict(run, "mean", D, MEAN)
    for variant, share in SHARE.items():
        for seed in (0, 1):
            predict(run, variant, D, near(D, (share + 0.01 * seed).tolist()), seed)
    return finish(run, study("uniform", "mean", *SHARE, **more), name=name, variants={name: {} for name in SHARE})
