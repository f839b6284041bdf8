"""A crash at any write, sync or rename of a run: a resume gives the same files as a run that was not interrupted."""

import json
import os
import random
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from support.crashes import WriteFaults, in_fork

POSITIONS = int(os.environ.get("MPCL_CRASHES", "5"))
"""How many writes a process is ended at, drawn at random; 0 for every one."""
RECIPE = """
name: tiny
seeds: [0]
dim: 4
source: {use: simulated, subjects: 2, trials: 2, seconds: 4.0}
prepare: [{use: window, length: 4.0, hop: 4.0}]
protocol: {use: loso}
references: null
streams: {body: {encoders: {ppg: {use: linear_tokens}}, fusion: {use: concat}}}
head: {use: linear}
objectives: {distribution: {use: kl}}
train: {epochs: 2}
variants: {main: {}, mean: {estimator: {use: mean}}}
"""
OPTIONS = ["--jobs=1", "--no-figures"]


def contents(run: Path) -> Mapping[str, object]:
    """Return what a run computed."""
    found: dict[str, object] = {name: (run / name).read_text() for name in ("summary.csv", "tests.csv", "splits.json")}
    for file in sorted(run.rglob("predictions.npz")):
        with np.load(file) as arrays:
            found[str(file.relative_to(run))] = {name: arrays[name].tolist() for name in arrays}
    for file in sorted(run.rglob("*.safetensors")):
        found[str(file.relative_to(run))] = file.read_bytes()
    for file in sorted(run.rglob("metrics.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        found[str(file.relative_to(run))] = [
            {key: value for key, value in line.items() if key != "seconds"} for line in lines
        ]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the process is copied")
def test_resume_after_a_crash_at_any_write_gives_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mpcl_core.training.checkpoint.EVERY", 0.0)
    monkeypatch.setattr("mpcl_core.runs.journal.INTERVAL", 0.0)
    monkeypatch.setattr("mpcl_core.jobs.runner.is_interrupted", lambda job: False)  # a new process takes seconds
    recipe, expected, out = tmp_path / "tiny.yaml", tmp_path / "expected", tmp_path / "out"
    recipe.write_text(RECIPE)
    partial = tmp_path / "out.partial"
    assert main(["run", str(recipe), "--out", str(expected), *OPTIONS]) == 0

    def run(fatal: int) -> None:
        faults = WriteFaults(out, fatal).install()
        main(["run", str(recipe), "--out", str(out), *OPTIONS])
        (tmp_path / "operations").write_text("\n".join(faults.operations))

    assert in_fork(lambda: run(0)) == 0
    operations = (tmp_path / "operations").read_text().splitlines()
    every = range(1, len(operations) + 1)
    for fatal in random.Random(0).sample(every, POSITIONS) if POSITIONS else every:
        shutil.rmtree(out, ignore_errors=True)
        where = f"operation {fatal} of {len(operations)}: {operations[fatal - 1]}"
        assert in_fork(lambda: run(fatal)) == -signal.SIGKILL, where  # noqa: B023
        if (partial / "recipe.yaml").exists() or out.exists():
            assert main(["run", "--resume", str(out), *OPTIONS]) == 0, where
        else:  # it was not a run yet
            shutil.rmtree(partial, ignore_errors=True)
            assert main(["run", str(recipe), "--out", str(out), *OPTIONS]) == 0, where
        assert contents(out) == contents(expected), where
        assert not list(tmp_path.rglob("*.partial")), where
