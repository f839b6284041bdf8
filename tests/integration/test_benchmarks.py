"""The benchmarks that need more than a timer: what they count, and what they say where they cannot compare."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import cohort
import hopfield_layers
import jobs
import matmul_share
import roofline
import table
from mpcl_core.cli.main import main


def test_rows_of_a_benchmark_replace_its_old_rows_only() -> None:
    text = f"before\n{table.BEGIN}\n{table.END}\nafter\n"
    for name, line in (("peers", "2 x"), ("engine", "1 x"), ("peers", "3 x | noise")):
        text = table.with_rows(text, name, ["", line], "today")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    rows = [row for row in text.splitlines() if row.startswith("| `")]
    assert rows == ["| `engine.py` | 1 x | today |", "| `peers.py` | 3 x / noise | today |"]


def test_missing_library_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no folder 'hflayers': clone github"):
        hopfield_layers.library(tmp_path)


@pytest.mark.slow
def test_the_operations_of_a_step_include_every_linear_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matmul_share, "BATCH", 8)
    monkeypatch.setattr(matmul_share, "STEPS", 2)
    run = matmul_share.phase(16, matmul_share.SAMPLE)
    linear = [m for m in run.learner.modules() if isinstance(m, torch.nn.Linear)]
    forward = sum(2 * 8 * m.in_features * m.out_features for m in linear)
    assert roofline.operations(run.train_epoch) / 2 > 2 * forward  # forward, and at least the gradient of the weights


@pytest.mark.slow
def test_throughput_and_cost_of_jobs_are_read_from_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ("source.subjects=3", "source.trials=3", "source.seconds=8", "dim=8", "train.epochs=1")
    options = ["--no-figures", *(f"--set={option}" for option in small)]

    finished: list[Path] = []

    def in_this_process(command: list[str], **_: object) -> SimpleNamespace:
        """Run the first command in this process, and give every later one a copy of its folder."""
        out = Path(command[command.index("--out") + 1])
        if finished:
            shutil.copytree(finished[0], out)
            return SimpleNamespace(returncode=0, stderr="")
        code = main(command[3:])
        finished.append(Path(shutil.copytree(out, tmp_path / "run")))
        return SimpleNamespace(returncode=code, stderr="")

    monkeypatch.setattr(jobs, "subprocess", SimpleNamespace(run=in_this_process))
    times = jobs.timed(jobs.RECIPES / "described.yaml", 1, *options)
    assert 0 < times.jobs < times.command
    lines = list(jobs.gain(jobs.RECIPES / "described.yaml", 1, *options))
    assert [line.partition(":")[0].strip() for line in lines] == ["command", "jobs"]
    printed = jobs.overhead(jobs.RECIPES / "described.yaml", *options)
    assert "; 3 jobs); " in printed
    assert float(printed.split()[0]) > 0


@pytest.mark.slow
def test_benchmark_of_a_study_as_one_cohort_prints_its_line() -> None:
    printed = cohort.study(4, 3, 5, "cpu", together=6, epochs=1)
    assert printed.startswith("4 subjects held out in turn, 3 seeds, 60 rows, 1 epochs: ")
    made = cohort.Folds(range(2), 16, 8, "cpu", 2)
    found = cohort.timed({"alone": lambda: made.epoch(False), "stacked": lambda: made.epoch(True)}, 1)
    assert set(found) == {"alone", "stacked"}
