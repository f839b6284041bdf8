"""Write run folders of networks by hand, with what figures need, and read the text of a figure."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from mpcl_core.runs.manifest import StudyManifest
from support.hand_made_runs import finish as finish_by_hand
from support.hand_made_runs import study as make_study

RNG = np.random.default_rng(0)
LABELS = ["joy", "calm $5$", "fear <"]
D = RNG.dirichlet(np.ones(3), 12)
SUBJECT = np.repeat(["a", "b", "c", "d"], 3)
WEIGHT = np.array([2.0, 1, 1] * 4)
UNIFORM = np.full((12, 3), 1 / 3)
FOLDS = {"f0": np.arange(6), "f1": np.arange(6, 12)}
NETWORK: dict[str, Any] = {
    "streams": {
        "body": {
            "encoders": {"eeg": {"use": "channel_tokens"}, "ppg": {"use": "conv_tokens"}},
            "fusion": {"use": "msaf", "primary": "eeg", "betas": [1.0, 4.0]},
            "memory": {"use": "bank"},
        }
    },
    "objectives": {"pcl": {"use": "pcl", "weight": 0.1, "retrieval": {"beta": 8.0}}},
    "references": {"uniform": {"use": "uniform"}, "mean": {"use": "mean"}},
}


def study(*variants: str, **more: Any) -> StudyManifest:
    grade = more.get("grade", "subject-independent")
    return make_study(
        *variants, **{"is_simulated": True, "labels": LABELS, "fold_grades": dict.fromkeys(FOLDS, grade)} | more
    )


def predict(run: Path, variant: str, D_pred: np.ndarray, seed: int = 0) -> None:
    columns: dict[str, Any] = {"D": D, "D_pred": D_pred, "weight": WEIGHT, "subject": SUBJECT, "trial": SUBJECT}
    for fold, rows in FOLDS.items():
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True)
        np.savez(folder / "predictions.npz", row=rows, **{name: values[rows] for name, values in columns.items()})
        (folder / "metrics.jsonl").write_text(json.dumps({"phase": "test", "kl_divergence": 0.1}) + "\n")


def finish(run: Path, recipe: Mapping[str, Any], *studies: StudyManifest) -> Path:
    return finish_by_hand(run, *studies, **recipe)


def text(run: Path, name: str) -> str:
    """Return all text of a figure on one line."""
    return " ".join(" ".join(ElementTree.parse(run / "figures" / f"{name}.svg").getroot().itertext()).split())
