"""What two jobs at a time are worth, and what a job costs beside its training.

1. The recipe `described` with ``--jobs 1`` over the same with ``--jobs 2``, on two cores: the whole command, and from
   the first job's start to the last one's end. Aim: 1.7 or more. The command also reads, draws and writes, one at a
   time.
2. On EmoPairCompete with subjects held out: the seconds of each job that are not its training (starting, taking its
   rows, predicting, storing), as a share of those that are, median over the networks' jobs. Aim: below 0.1. Training
   is fitting the transforms, making the network, and the epochs; beside it stands the share by the epochs alone.

Run: python benchmarks/jobs.py [FOLDER of EmoPairCompete]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mpcl_core.cli.main import main
from mpcl_core.jobs import tasks
from mpcl_core.jobs.job import run_job
from mpcl_core.training.steps import StepRequest
from mpcl_core.training.trainer import Trainer

RECIPES = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes"
ROUNDS = 5


@dataclass(frozen=True)
class Times:
    """Seconds of a command, and from its first job's start to its last one's end."""

    command: float
    jobs: float


def run(out: Path, recipe: Path, jobs: int, *options: str) -> float:
    """Seconds of ``mpcl run``."""
    command = [sys.executable, "-m", "mpcl_core", "run", str(recipe), f"--jobs={jobs}", "--out", str(out), *options]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - started


def timed(recipe: Path, jobs: int, *options: str) -> Times:
    """One run, whose folder is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = run(Path(folder) / "run", recipe, jobs, *options)
        ends = [(file.stat().st_mtime, seconds_of(file)) for file in Path(folder).rglob("cost.json")]
        return Times(seconds, max(end for end, _ in ends) - min(end - took for end, took in ends))


def seconds_of(cost: Path) -> float:
    """What ``cost.json`` says of its job."""
    return float(json.loads(cost.read_text(encoding="utf-8"))["seconds"])


def gain(recipe: Path, rounds: int, *options: str) -> Iterator[str]:
    """Rounds of one, two and again one job at a time, in an order that rotates; one unmeasured run goes before."""
    timed(recipe, 1, *options)
    found: dict[str, list[Times]] = {"one": [], "two": [], "again": []}
    order = list(found)
    for _ in range(rounds):
        for name in order:
            found[name].append(timed(recipe, 2 if name == "two" else 1, *options))
        order = order[1:] + order[:1]
    for part in ("command", "jobs"):
        median = {name: statistics.median(getattr(times, part) for times in all_) for name, all_ in found.items()}
        control = median["again"] / median["one"]
        yield (
            f"{part:8}: {median['one'] / median['two']:.2f} x (control {control:.3f}; "
            f"{median['one']:.1f} s against {median['two']:.1f} s, {rounds} rounds)"
        )


@dataclass
class Parts:
    """Seconds of a network's job: all, making what is to be trained (transforms and network), and the epochs."""

    everything: float = 0.0
    making: float = 0.0
    epochs: float = 0.0


def overhead(recipe: Path, *options: str) -> str:
    """Of each job of a network, what its training does not account for; one job at a time, in this process."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        parts = list(timed_jobs(["run", str(recipe), "--jobs=1", "--out", f"{folder}/run", *options]))
    beside = [job.everything - job.making - job.epochs for job in parts]
    training = [job.making + job.epochs for job in parts]
    strict = [(job.everything - job.epochs) / job.epochs for job in parts]
    shares = [extra / trained for extra, trained in zip(beside, training, strict=True)]
    return (
        f"{statistics.median(shares):.3f} of the training (medians: {1e3 * statistics.median(beside):.1f} ms beside "
        f"{1e3 * statistics.median(training):.1f} ms; {len(parts)} jobs); "
        f"{statistics.median(strict):.3f} where only epochs count as training"
    )


def timed_jobs(command: Sequence[str]) -> Iterator[Parts]:
    """The parts of each job of a network in a run."""
    jobs: list[Parts] = []

    def watched(function: Callable[..., Any], part: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            found = function(*arguments, **named)
            setattr(jobs[-1], part, getattr(jobs[-1], part) + time.perf_counter() - started)
            return found

        return call

    def job(*arguments: Any) -> Any:
        jobs.append(Parts())
        return watched(run_job, "everything")(*arguments)

    with (
        patch.object(tasks, "run_job", job),
        patch.object(Trainer, "phase", watched(Trainer.phase, "making")),
        patch.object(StepRequest, "run", watched(StepRequest.run, "epochs")),
    ):
        if code := main(command):
            raise RuntimeError(f"exit code {code}")
    return (job for job in jobs if job.epochs)


if __name__ == "__main__":
    if len(os.sched_getaffinity(0)) != 2:
        print(f"not two cores but {len(os.sched_getaffinity(0))}: pin it with taskset -c 0,1")
    for line in gain(RECIPES / "described.yaml", ROUNDS):
        print(f"two jobs at a time on `described` (aim 1.7), {line}")
    if data := sys.argv[1:]:
        path = f"source.path={Path(data[0]).absolute()}"
        print(f"a job beside its training (aim 0.1): {overhead(RECIPES / 'described-emopair.yaml', '--set', path)}")
    else:
        print("EmoPairCompete was not given")
