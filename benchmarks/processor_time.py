"""The processor time of `mpcl run described`, at this commit and at another, in all processes of the run.

Aim: <= 1.03 x the state before jobs were supervised and manifests complete (6a39811). The commits run in turn, the
other one twice as a control; processor time leaves out what other work takes of the machine, not of its caches.
Run: python benchmarks/processor_time.py [COMMIT] [--rounds 5] [--jobs 2]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pairs import child_seconds

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "mpcl_core" / "recipes" / "described.yaml"
BEFORE = "6a39811"


def extract(commit: str, folder: Path) -> Path:
    """Write the files of a commit into a folder."""
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=True)
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def processor_seconds(code: Path, jobs: int, *options: str) -> float:
    """Run the recipe `described` with the code in a folder; return the processor time of all its processes."""
    path = os.pathsep.join(str(code / part) for part in ("", "registry", "plugins"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": path, "MPCL_CACHE": f"{folder}/cache"}
        command = [sys.executable, "-m", "mpcl_core", "run", str(RECIPE), f"--jobs={jobs}", "--out", f"{folder}/run"]
        before = child_seconds()
        subprocess.run([*command, *options], env=environment, cwd=folder, capture_output=True, check=True)
        return child_seconds() - before


def measure(other: Path, rounds: int, jobs: int, options: Sequence[str]) -> str:
    """Run both in an order that rotates; one unmeasured round goes before."""
    codes = {"this": ROOT, "other": other, "again": other}
    times: dict[str, list[float]] = {name: [] for name in codes}
    order = list(codes)
    for turn in range(rounds + 1):
        for name in order:
            seconds = processor_seconds(codes[name], jobs, *options)
            if turn:
                times[name].append(seconds)
        order = order[1:] + order[:1]
    median = {name: statistics.median(values) for name, values in times.items()}
    return (
        f"{median['this'] / median['other']:.3f} x (control {median['again'] / median['other']:.3f}; "
        f"{median['this']:.2f} s against {median['other']:.2f} s of processor time, {rounds} rounds)"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("commit", nargs="?", default=BEFORE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    arguments, options = parser.parse_known_args()  # further options of mpcl run that both commits know
    with tempfile.TemporaryDirectory() as folder:
        other = extract(arguments.commit, Path(folder) / "other")
        found = measure(other, arguments.rounds, arguments.jobs, options)
    print(f"mpcl run described, --jobs {arguments.jobs}, over {arguments.commit} (aim 1.03): {found}")
