"""A training step of the complete model at this commit, over the same at another, with the losses of both.

The model is that of the recipe `described` with linear tokens on features of the shapes of DMER's published files, d
64, batches of 64, as the engine trains it: batch, forward, backward, clipping, AdamW. The commits run in processes of
their own that take an epoch in turn, the other one twice as a control; times are of each process's CPU, one thread.
Aims: <= 0.80 x of 72ff3b7; losses of the first step equal to 1e-6.
Run: python benchmarks/training_step.py [COMMIT] [--pairs 31]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from processor_time import ROOT, extract

BEFORE, BATCH, STEPS, DIM = "72ff3b7", 64, 8, 64


def serve() -> None:
    """Run an epoch for each line of the standard input, and print its losses and the seconds of a step."""
    import torch

    import matmul_share  # of the commit that is measured

    torch.set_num_threads(1)
    matmul_share.BATCH = BATCH
    phase = matmul_share.phase(DIM, matmul_share.PUBLISHED)
    batch = phase.batch(phase.shuffled_positions()[0])
    first = {name: loss.item() for name, loss in phase.learner.train()(batch)[1].items()}
    print(json.dumps(first), flush=True)
    for _ in sys.stdin:
        started = time.process_time()
        losses = phase.train_epoch()
        print(json.dumps([(time.process_time() - started) / STEPS, losses]), flush=True)


class Process:
    """A process that trains with the code in a folder."""

    def __init__(self, code: Path) -> None:
        path = os.pathsep.join(str(code / part) for part in ("", "registry", "plugins", "benchmarks"))
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--serve"],
            env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.first: dict[str, float] = self._read()

    def epoch(self) -> tuple[float, dict[str, float]]:
        """Train an epoch; the seconds of a step and the losses."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, losses = self._read()
        return seconds, losses

    def _read(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def difference(one: dict[str, float], other: dict[str, float]) -> str:
    return f"{max(abs(one[name] - other[name]) for name in other):.1e}"


def measure(other: Path, pairs: int) -> str:
    """Train in turn, in an order that rotates; one unmeasured round goes before."""
    processes = {"this": Process(ROOT), "other": Process(other), "again": Process(other)}
    times: dict[str, list[float]] = {name: [] for name in processes}
    apart = [difference(processes["this"].first, processes["other"].first)]
    order = list(processes)
    for turn in range(pairs + 1):
        found = {name: processes[name].epoch() for name in order}
        if turn:
            for name, (seconds, _) in found.items():
                times[name].append(seconds)
        else:
            apart.append(difference(found["this"][1], found["other"][1]))
        order = order[1:] + order[:1]
    for process in processes.values():
        process.end()
    median = {name: 1e3 * statistics.median(values) for name, values in times.items()}
    return (
        f"{median['this'] / median['other']:.3f} x (control {median['again'] / median['other']:.3f}; "
        f"{median['this']:.2f} ms against {median['other']:.2f} ms, {pairs} pairs); losses of the first batch "
        f"{apart[0]} apart, of the first epoch {apart[1]}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("commit", nargs="?", default=BEFORE)
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(extract(arguments.commit, Path(folder) / "other"), arguments.pairs)
        print(f"a training step of the complete model over {arguments.commit} (aim 0.80): {found}")
