"""Write run folders by hand with markup wherever text comes from outside, and parse the page of a report."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.runs.manifest import StudyManifest
from support.hand_made_runs import finish as finish_by_hand
from support.hand_made_runs import study as make_study

EVIL = "<script>alert(1)</script>"
LABELS = ["joy", "calm", f'fear "{EVIL}']
RNG = np.random.default_rng(0)
D = RNG.dirichlet(np.ones(3), 12)
SUBJECT = np.repeat(["a", "b", "c", "d"], 3)
WEIGHT = np.array([2.0, 1, 1] * 4)
UNIFORM = np.full((12, 3), 1 / 3)
MEAN = np.tile(np.average(D, axis=0, weights=WEIGHT), (12, 1))
FOLDS = {"f0": np.arange(6), "f1": np.arange(6, 12)}


def study(*variants: str, **more: Any) -> StudyManifest:
    values = {
        "grade_meaning": "no tested subject is among the training windows",
        "fold_grades": dict.fromkeys(FOLDS, more.get("grade", "subject-independent")),
        "n_windows": 12,
        "n_labels": 7,
        "labels": LABELS,
    }
    return make_study(*variants, **{**values, **more})


def job(run: Path, variant: str, D_pred: np.ndarray, seed: int = 0) -> None:
    columns = {"D": D, "D_pred": D_pred, "weight": WEIGHT, "subject": SUBJECT, "trial": np.full(12, f'"{EVIL}')}
    for fold, rows in FOLDS.items():
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True)
        np.savez(folder / "predictions.npz", row=rows, **{name: values[rows] for name, values in columns.items()})  # type: ignore[arg-type]
        (folder / "metrics.jsonl").write_text(json.dumps({"phase": "test", "kl_divergence": 0.1}) + "\n")


def train(run: Path, variant: str, seed: int, cost: float, n_weights: int) -> None:
    lines = [{"epoch": epoch, "of": 2, "phase": "refit", "loss": 1 / epoch, "seconds": 1.5} for epoch in (1, 2)]
    text = "".join(json.dumps(line) + "\n" for line in [*lines, {"phase": "test", "epochs": 2}])
    for folder in (run / "jobs" / variant / str(seed)).iterdir():
        (folder / "metrics.jsonl").write_text(text)
        (folder / "cost.json").write_text(json.dumps({"seconds": cost, "peak_mib": 100 * cost}))
        (folder / "model").mkdir()
        save_file({"w": np.zeros((n_weights // 2, 2), np.float32)}, folder / "model" / "weights.safetensors")


def drop_modalities(run: Path, variant: str) -> None:
    """Store what a variant scores with a modality, without it, and by the train mean."""
    for seed in (0, 1):
        lines = []
        for number, subject in enumerate("abcd"):
            for kind, modalities, rate, kl in (
                ("train_mean", [], 0.0, 0.5),
                ("all", [f"eeg{EVIL}"], 0.0, 0.25),
                ("missing", ["eeg"], 0.3, 0.375),
            ):
                scores = dict.fromkeys(METRICS, kl + 0.001 * number)
                about = {"kind": kind, "modalities": modalities, "rate": rate, "repeat": 0}
                lines.append({**about, "subject": subject, "weight": 1.0, **scores})
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (run / "jobs" / variant / str(seed) / "f0" / "robustness.jsonl").write_text(text)


def finish(run: Path, *studies: StudyManifest, **recipe: Any) -> Path:
    about = {"source": {"use": "toy"}, "references": {"mean": {"use": "mean"}}, "note": f"</pre>{EVIL}", **recipe}
    return finish_by_hand(run, *studies, name=f"hand {EVIL}", **about)


def make_full_run(run: Path) -> None:
    """Make a run of two grades with tests and an audit, without figures, and markup wherever text comes from outside."""
    for variant, D_pred in {"mean": MEAN, "near.mean": MEAN, "net": 0.8 * D + 0.2 * UNIFORM, "near": D}.items():
        job(run, variant, D_pred)
    job(run, "net", 0.5 * D + 0.5 * UNIFORM, seed=1)
    train(run, "net", 0, cost=4.0, n_weights=10)
    train(run, "net", 1, cost=6.0, n_weights=30)
    notes = {"notes": [f"11 of 12 rows {EVIL}"], "transductive": ["'zscore' looks on."], "is_simulated": True}
    clock = {"file": f"watch {EVIL}", "modality": "ppg", "offset": 12.0, "drift": 200.0, "is_resampled": True}
    notes["clocks"] = [clock | {"gaps": 1, "lost": 2.5}]
    near = study("near.mean", "near", grade="leaky", grade_meaning="a trial is on both sides")
    finish(run, study("mean", "net", **notes), near, variants={"net": {}, "near": {"estimator": {"use": "knn"}}})
    drop_modalities(run, "net")
    finding = {"code": "shared-row (a)", "variants": ["near"], "what": f"seen {EVIL}", "rows": 3, "of": 12}
    finding |= {"examples": [f"row 5 {EVIL}"], "inflates": "rows were learnt", "remedy": "mend it"}
    notice = {"code": "tried", "variants": [], "what": f"nothing {EVIL}"}
    (run / "audit.json").write_text(json.dumps({"leak": True, "findings": [finding], "notices": [notice]}))


class Page(HTMLParser):
    """Parse a page into its tags, its text by section, and its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.sections: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self._at, self._row, self._in = "", [""], False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inputs = {name: value or "" for name, value in attrs}
        self.tags.append((tag, inputs))
        if tag == "section":
            self._at = inputs["id"].removeprefix("s-")
        elif inputs.get("role") == "region":
            self._table: list[list[str]] = self.tables.setdefault(inputs["aria-label"], [])
        elif tag == "tr":
            self._table.append([])
        elif tag in ("td", "th"):
            self._table[-1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.sections[self._at] = self.sections.get(self._at, "") + data
        if self._in:
            self._table[-1][-1] += data


def page(run: Path) -> Page:
    return Page((run / "report.html").read_text())
