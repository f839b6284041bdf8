"""Run folders made by hand, whose numbers are known beforehand."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

LABELS = ["joy", "calm", "fear"]


def study(*variants: str, **more: Any) -> dict[str, Any]:
    """What a lock says of a study."""
    return {
        "variants": list(variants),
        "grade": "subject-independent",
        "grade_means": "nobody is on both sides",
        "notes": [],
        "simulated": False,
        "n_rows": 16,
        "n_labels": 16,
        "n_folds": 2,
        "labels": LABELS,
        "data_hash": "a",
        "transductive": [],
        "mixes_samples": [],
        **more,
    }


def finish(run: Path, *studies: Mapping[str, Any], name: str = "hand", **recipe: Any) -> Path:
    """Write the lock and the recipe of a run."""
    run.mkdir(parents=True, exist_ok=True)
    references = {"references": {"uniform": {"use": "uniform"}, "mean": {"use": "mean"}}}
    seeds = sorted({int(folder.name) for folder in run.glob("jobs/*/*")})
    (run / "lock.json").write_text(json.dumps({"name": name, "seeds": seeds, "studies": studies}))
    (run / "recipe.yaml").write_text(yaml.safe_dump({**references, **recipe}, sort_keys=False))
    return run


def truth(n: int, of: int = 0) -> np.ndarray:
    """Two distributions of each of n subjects."""
    return np.random.default_rng(of).dirichlet(np.full(3, 5.0), 2 * n)


def near(D: np.ndarray, share: Sequence[float]) -> np.ndarray:
    """The truth with each subject's share of the uniform distribution mixed in: more of it is worse by every metric."""
    mixed = np.repeat(np.array(share), 2)[:, None]
    return (1 - mixed) * D + mixed / 3


def predict(run: Path, variant: str, D: np.ndarray, D_pred: np.ndarray, seed: int = 0, **more: Any) -> None:
    """Store a variant's predictions: two rows a subject, two folds."""
    subject = np.repeat([f"s{number:02}" for number in range(len(D) // 2)], 2)
    row = np.arange(len(D))
    columns = {"D": D, "D_pred": D_pred, "weight": np.ones(len(D)), "row": row, "subject": subject, "trial": subject}
    for fold, side in (("a", subject < "s03"), ("b", subject >= "s03")):
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "predictions.npz", **{name: values[side] for name, values in {**columns, **more}.items()})
