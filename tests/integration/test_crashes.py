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
from mpcl_core.runs.finished_jobs import is_finished
from mpcl_core.runs.search_file import read_search
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
SEARCHED = RECIPE.replace("variants: {main: {}, mean: {estimator: {use: mean}}}\n", "").replace(
    "{epochs: 2}", "{epochs: 1}\nsearch: {space: {dim: [4, 8], train.lr: [0.01, 0.1]}, trials: 2, folds: 2}"
)
OPTIONS = ["--jobs=1", "--no-figures"]


pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="the process is copied")]


def contents(run: Path) -> Mapping[str, object]:
    """Return what a run computed."""
    found: dict[str, object] = {name: (run / name).read_text() for name in ("summary.csv", "tests.csv", "splits.json")}
    for file in sorted(run.rglob("predictions.npz")):
        with np.load(file) as arrays:
            found[str(file.relative_to(run))] = {name: arrays[name].tolist() for name in arrays}
    for file in sorted(run.rglob("*.safetensors")):
        found[str(file.relative_to(run))] = file.read_bytes()
    for file in sorted([*run.rglob("metrics.jsonl"), *run.rglob("search.jsonl")]):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        found[str(file.relative_to(run))] = [
            {key: value for key, value in line.items() if key != "seconds"} for line in lines
        ]
    return found


@pytest.fixture
def store_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mpcl_core.training.checkpoint.EVERY", 0.0)
    monkeypatch.setattr("mpcl_core.runs.journal.INTERVAL", 0.0)
    monkeypatch.setattr("mpcl_core.jobs.tasks.is_interrupted", lambda job: False)  # a new process takes seconds


def run_counted(recipe: Path, out: Path, fatal: int) -> None:
    """Run a recipe, ending the process at one of its operations; write their names beside the run."""
    faults = WriteFaults(out, fatal).install()
    main(["run", str(recipe), "--out", str(out), *OPTIONS])
    (out.parent / "operations").write_text("\n".join(faults.operations))


@pytest.mark.usefixtures("store_often")
def test_resume_after_a_crash_at_any_write_gives_the_same_files(tmp_path: Path) -> None:
    recipe, expected, out = tmp_path / "tiny.yaml", tmp_path / "expected", tmp_path / "out"
    recipe.write_text(RECIPE)
    partial = tmp_path / "out.partial"
    assert main(["run", str(recipe), "--out", str(expected), *OPTIONS]) == 0
    assert in_fork(lambda: run_counted(recipe, out, 0)) == 0
    operations = (tmp_path / "operations").read_text().splitlines()
    every = range(1, len(operations) + 1)
    for fatal in random.Random(0).sample(every, POSITIONS) if POSITIONS else every:
        shutil.rmtree(out, ignore_errors=True)
        where = f"operation {fatal} of {len(operations)}: {operations[fatal - 1]}"
        assert in_fork(lambda: run_counted(recipe, out, fatal)) == -signal.SIGKILL, where  # noqa: B023
        if (partial / "recipe.yaml").exists() or out.exists():
            assert main(["run", "--resume", str(out), *OPTIONS]) == 0, where
        else:  # it was not a run yet
            shutil.rmtree(partial, ignore_errors=True)
            assert main(["run", str(recipe), "--out", str(out), *OPTIONS]) == 0, where
        assert contents(out) == contents(expected), where
        assert not list(tmp_path.rglob("*.partial")), where


@pytest.mark.usefixtures("store_often")
def test_search_of_a_network_that_is_killed_gives_the_same_predictions_when_resumed(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    recipe, expected, out = tmp_path / "tiny.yaml", tmp_path / "expected", tmp_path / "out"
    recipe.write_text(SEARCHED)
    assert in_fork(lambda: run_counted(recipe, expected, 0)) == 0
    searches = [read_search(file.parent) for file in sorted(expected.rglob("search.jsonl"))]
    assert [[trial.state for trial in trials] for trials in searches] == [["complete"] * 3] * 2
    operations = (tmp_path / "operations").read_text().splitlines()
    writes = [number for number, name in enumerate(operations, 1) if name.startswith("write search.jsonl")]
    second = writes[len(writes) // 2 + 1]  # of the second job, when a trial is stored
    assert in_fork(lambda: run_counted(recipe, out, second)) == -signal.SIGKILL
    (stopped,) = [file for file in tmp_path.glob("out.partial/jobs/**/search.jsonl") if not is_finished(file.parent)]
    assert len(read_search(stopped.parent)) < 3
    assert main(["run", "--resume", str(out), *OPTIONS]) == 0
    assert contents(out) == contents(expected)
