"""What two jobs at a time are worth, and what a job costs beside its training.

1. The quick start with ``--jobs 1`` over the same with ``--jobs 2``, on two cores: the whole command, and from the
   first job's start to the last one's end. Aim: 1.7 or more. The command also reads, draws and writes, one at a time.
2. On EmoPairCompete with subjects held out: the seconds of each job that are not its epochs (fitting transforms,
   building, predicting, storing), as a share of those that are, median over the networks' jobs. Aim: below 0.1.

Run: python benchmarks/jobs.py [FOLDER of EmoPairCompete]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RECIPES = Path(__file__).resolve().parents[1] / "examples" / "recipes"
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
    return float(json.loads(cost.read_text())["seconds"])


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


def overhead(recipe: Path, *options: str) -> str:
    """Of each job of a network, what its epochs do not account for."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder) / "run", recipe, 1, *options)
        jobs = [weights.parents[1] for weights in Path(folder).rglob("weights.safetensors")]
        training = [sum(epochs(job)) for job in jobs]
        beside = [seconds_of(job / "cost.json") - trained for job, trained in zip(jobs, training, strict=True)]
    shares = [extra / trained for extra, trained in zip(beside, training, strict=True)]
    return (
        f"{statistics.median(shares):.2f} of the training (medians: {1e3 * statistics.median(beside):.0f} ms beside "
        f"{1e3 * statistics.median(training):.0f} ms; {len(jobs)} jobs)"
    )


def epochs(job: Path) -> Iterator[float]:
    """The seconds of each epoch of a job, search and refit."""
    for line in (job / "metrics.jsonl").read_text().splitlines():
        yield float(json.loads(line).get("seconds", 0))


if __name__ == "__main__":
    if len(os.sched_getaffinity(0)) != 2:
        print(f"not two cores but {len(os.sched_getaffinity(0))}: pin it with taskset -c 0,1")
    for line in gain(RECIPES / "mpcl.yaml", ROUNDS):
        print(f"two jobs at a time on the quick start (aim 1.7), {line}")
    if data := sys.argv[1:]:
        path = f"source.path={Path(data[0]).absolute()}"
        print(f"a job beside its training (aim 0.1): {overhead(RECIPES / 'mpcl-emopair.yaml', '--set', path)}")
    else:
        print("EmoPairCompete was not given")
