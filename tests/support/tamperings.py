"""Tamper with a finished run in substantive ways."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

Tampering = Callable[[Path], object]
"""Changes a run folder."""


def _manifest(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Tampering:
    def tamper(run: Path) -> None:
        content = json.loads((run / "lock.json").read_text())
        change(content, content["studies"][0])
        (run / "lock.json").write_text(json.dumps(content))

    return tamper


def _text(name: str, pattern: str, replacement: str) -> Tampering:
    def tamper(run: Path) -> None:
        for file in run.glob(name):
            file.write_text(re.sub(pattern, replacement, file.read_text()))

    return tamper


def _arrays(**changes: Callable[[np.ndarray], np.ndarray]) -> Tampering:
    def tamper(run: Path) -> None:
        for file in run.glob("jobs/*/*/*/predictions.npz"):
            arrays = dict(np.load(file))
            np.savez(file, **{name: changes.get(name, np.asarray)(values) for name, values in arrays.items()})

    return tamper


def _append(name: str, text: str) -> Tampering:
    def tamper(run: Path) -> None:
        for file in run.glob(name):
            file.write_text(file.read_text() + text)

    return tamper


def _remove(name: str) -> Tampering:
    return lambda run: [file.unlink() for file in run.glob(name)]


def _no_weights(run: Path) -> None:
    for file in run.rglob("weights.safetensors"):
        save_file({name: 0 * values for name, values in load_file(file).items()}, file)


def _recipe_and_hash(run: Path) -> None:
    _text("recipe.yaml", "epochs: 1", "epochs: 9")(run)
    digest = sha256((run / "recipe.yaml").read_bytes()).hexdigest()
    _manifest(lambda manifest, _: manifest.update(recipe_hash=digest))(run)


def _forged_audit(run: Path) -> None:
    (run / "audit.json").write_text('{"findings": [], "notices": []}')


def _empty_diagnostics(run: Path) -> None:
    for file in run.rglob("diagnostics.npz"):
        np.savez(file, index=np.zeros(1))


TAMPERINGS: dict[str, Tampering] = {
    "numbers of the report": _text("report.html", r"0\.[0-9]{4}", "0.0001"),
    "a script in the report": _text("report.html", "</body>", "<script>alert(1)</script></body>"),
    "the report is gone": _remove("report.html"),
    "the grade in the report": _text("report.html", "subject-independent", "subject-independent and more"),
    "numbers of summary.md": _text("summary.md", r"0?\.[0-9]{4}", "0.0001"),
    "numbers of summary.tex": _text("summary.tex", r"0?\.[0-9]{4}", "0.0001"),
    "numbers of summary.csv": _text("summary.csv", r"0\.[0-9]{3}", "0.001"),
    "numbers of scores.csv": _text("scores.csv", r"0\.[0-9]{3}", "0.001"),
    "a line of tests.csv": _append("tests.csv", "main,mean,kl_divergence,1,1\n"),
    "tests.csv is gone": _remove("tests.csv"),
    "all weights are 0": _no_weights,
    "weights are gone": _remove("jobs/*/*/*/model/weights.safetensors"),
    "the diagnostics are empty": _empty_diagnostics,
    "the costs": _text("jobs/*/*/*/cost.json", r'"seconds": [0-9.]+', '"seconds": 0.001'),
    "the learning curve": _text(
        "jobs/main/*/*/metrics.jsonl", r'("train_loss": |"loss": |"validation[a-z_]*": )[0-9.]+', r"\g<1>0.0001"
    ),
    "the test line": _text("jobs/main/*/*/metrics.jsonl", r'("kl_divergence": )[0-9.]+', r"\g<1>0.0001"),
    "the folds": _text("splits.json", "train", "validation"),
    "predictions": _arrays(D_pred=lambda values: values[:, ::-1]),
    "the truth": _arrays(D=lambda values: values[:, ::-1]),
    "truth and predictions": _arrays(D=lambda values: values[::-1], D_pred=lambda values: values[::-1]),
    "weights of windows": _arrays(weight=lambda values: 2 * values),
    "subjects": _arrays(subject=lambda values: np.full_like(values, "s01")),
    "trials": _arrays(trial=lambda values: values[::-1]),
    "numbers of windows": _arrays(window=lambda values: values + 1),
    "rows": _arrays(row=lambda values: values + 1),
    "notes of the manifest": _manifest(lambda _, study: study.update(notes=["All is well."])),
    "another transductive transform": _manifest(lambda _, study: study.update(transductive=["zscore"])),
    "labels renamed": _manifest(lambda _, study: study.update(labels=[f"x{i}" for i in range(len(study["labels"]))])),
    "number of windows": _manifest(lambda _, study: study.update(n_windows=9999)),
    "number of labels": _manifest(lambda _, study: study.update(n_labels=3)),
    "modalities": _manifest(lambda _, study: study.update(modalities=["eeg"])),
    "the grade": _manifest(lambda _, study: study.update(grade="leaky")),
    "the meaning of the grade": _manifest(lambda _, study: study.update(grade_meaning="proven")),
    "real people": _manifest(lambda _, study: study.update(is_simulated=False)),
    "the name": _manifest(lambda manifest, _: manifest.update(name="other")),
    "the hardware": _manifest(lambda manifest, _: manifest.update(hardware="abacus")),
    "the recipe of a variant": _manifest(lambda manifest, _: manifest["variants"]["main"]["recipe"].update(dim=512)),
    "a baseline for a variant": _manifest(lambda manifest, _: manifest["variants"]["mean"].update(is_baseline=False)),
    "recipe and its hash together": _recipe_and_hash,
    "a plugin file": _append("plugins/*.py", "\n# more\n"),
    "a forged audit": _forged_audit,
    "a job is gone": _remove("jobs/main/0/*/predictions.npz"),
}
"""What is changed -> the tampering."""
