"""Peak memory of cohorts of 1, 2, 4 and 8 jobs of the complete model, in a study of half the size of DMER.

37 people, 31,968 windows x 913 features, d 64, batches of 64, `zscore` by subject; each job searches and refits two
epochs on some of the people. A cohort runs in a process of its own, whose peak is the operating system's. What each
further job adds is set over four times the bytes of its network (parameters, gradient and two moments).
Aim: <= 2 x, activations included.
Run: python benchmarks/cohort_memory.py [--people 37] [--dim 64] [--batch 64]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from matmul_share import PUBLISHED, model, network
from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.jobs.cohort import run_cohort
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.training.network import Network

SIZES, WINDOWS_OF_A_PERSON, TRAINING, VALIDATION = (1, 2, 4, 8), 864, 4, 2


def folds(windows: WindowSet, number: int) -> list[Fold]:
    """Return folds of whole people, each with other ones."""
    people = np.unique(windows.subject)
    made = []
    for place in range(number):
        order = np.roll(people, -place)
        sides = order[:TRAINING], order[TRAINING : TRAINING + VALIDATION], order[-1:]
        made.append(Fold(*(np.flatnonzero(np.isin(windows.subject, side)) for side in sides), f"f{place}"))
    return made


def run(size: int, people: int, dim: int, batch: int) -> None:
    """Run a cohort, and print the peak memory and the bytes of a network."""
    torch.set_num_threads(1)
    spec, windows = model(dim, batch, PUBLISHED, people * WINDOWS_OF_A_PERSON)
    windows = replace(windows, subject=np.repeat([f"s{n:02}" for n in range(people)], WINDOWS_OF_A_PERSON))
    settings = network(spec).train.model_copy(update={"epochs": 2, "batch_size": batch})
    spec = replace(spec, model=replace(network(spec), train=settings))
    built = Network(network(spec), windows.modalities, windows.labels, windows.valence)
    n_bytes = sum(value.nbytes for value in built.state_dict().values())
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            FoldJob(Job("main", 0, fold.label, Path(folder) / "jobs" / "main" / "0" / fold.label), fold, number)
            for number, fold in enumerate(folds(windows, size))
        ]
        outcomes = run_cohort(partial(RunContext, {"main": spec}), jobs, windows, "cpu", size)
    if failed := [outcome.error for outcome in outcomes if outcome.error]:
        raise RuntimeError(failed[0])
    signals = sum(values.nbytes for values in windows.X.values())
    print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, n_bytes, signals]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("people", 37), ("dim", 64), ("batch", 64), ("size", 0)):
        parser.add_argument(f"--{name}", type=int, default=value)
    chosen = parser.parse_args()
    if chosen.size:
        run(chosen.size, chosen.people, chosen.dim, chosen.batch)
        return
    peaks = {}
    for size in SIZES:
        command = [sys.executable, __file__, *sys.argv[1:], f"--size={size}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks[size], n_bytes, signals = json.loads(done.stdout.splitlines()[-1])
    print(f"{signals / 2**20:.0f} MiB of signals; a network {n_bytes / 2**20:.2f} MiB")
    print("peak of cohorts: " + ", ".join(f"{size}: {peak / 2**20:.0f} MiB" for size, peak in peaks.items()))
    further = (peaks[SIZES[-1]] - peaks[SIZES[0]]) / (SIZES[-1] - SIZES[0])
    print(f"each further job: {further / 2**20:.1f} MiB, {further / (4 * n_bytes):.2f} x four networks (aim 2)")


if __name__ == "__main__":
    main()
