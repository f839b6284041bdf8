"""Share set-ups between test files."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.paths import ROOT

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"


SMALL = [f"--set={x}" for x in ("source.subjects=3", "source.trials=4", "source.seconds=12", "dim=8", "train.epochs=2")]


def numbers(run: Path) -> dict[str, str]:
    """Everything that a run computed, without the times it took."""
    found = {"summary": (run / "summary.csv").read_text()}
    manifest = json.loads((run / "lock.json").read_text())
    for number, study in enumerate(manifest["studies"]):
        found[f"{number}"] = study["data_hash"] + study["split_hash"]
    for journal in sorted(run.rglob("metrics.jsonl")):
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        remaining = [{key: value for key, value in line.items() if key != "seconds"} for line in lines]
        found[str(journal.relative_to(run))] = json.dumps(remaining)
    return found


def run(out: Path, *options: str, **environment: str) -> Path:
    command = [
        sys.executable,
        "-m",
        "mpcl_core",
        "run",
        str(QUICK),
        "--out",
        str(out),
        "--no-figures",
        *SMALL,
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return out


PLUGIN = """
import numpy as np

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Fails(Estimator):
    "Fails."
    name = "fails"
    def fit(self, windows):
        raise RuntimeError("boom")
    def predict(self, windows):
        return np.full(windows.D.shape, 1 / windows.D.shape[1])

@hookimpl
def mpcl_components():
    return [Fails]

@hookimpl
def mpcl_job_ended(job):
    raise RuntimeError("a broken observer")
"""
