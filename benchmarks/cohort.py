"""Jobs of one variant trained together, against one by one: the complete model on features, 32 folds, side by side.

Timed in turn, again and again: an epoch of all folds one by one in one process, stacked by 8 in one process, one by one
in two, and stacked by 8 in two; one thread each. Aims: at d 32, batch 16 the last is >= 4.5 x the first, at d 64, batch
32 >= 2.2 x; at d 64, batch 64 what `--cohort auto` would choose is no slower than the better of the last two by more
than 5 %.

Run: python benchmarks/cohort.py
     python benchmarks/cohort.py --device cuda     (batch 64, d 64, 96 and 219 networks, one by one and as one stack)

On a GPU each way's step is set beside what the device can do at most (roofline.py); last comes a study of DMER's size.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from matmul_share import PUBLISHED, SAMPLE, model, network
from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.cohort import run_cohort
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.training.phase import Phase
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.window_store import WindowStore
from mpcl_plugins.protocols.loso import LOSO
from roofline import Limits, finished, operations

FOLDS, TOGETHER, STEPS, ROUNDS = 32, 8, 3, 15
SIZES = ((32, 16), (64, 32), (64, 64))


class Folds:
    """Some folds of a study, each with a network of its own, and the same once more in stacks."""

    def __init__(self, folds: range, dim: int, batch: int, device: str, together: int) -> None:
        torch.set_num_threads(1)
        self.alone, members = (self._phases(folds, dim, batch, device) for _ in range(2))
        parts = [members[first : first + together] for first in range(0, len(members), together)]
        self.stacks = [StackedNetworks(part, parameters_with_gradient(part[0])) for part in parts]

    def _phases(self, folds: range, dim: int, batch: int, device: str) -> list[Phase]:
        (spec, windows), store = model(dim, batch, SAMPLE, batch * STEPS), WindowStore(torch.device(device))
        return [Trainer(network(spec), [], (0, fold), device, store=store).phase(windows) for fold in folds]

    def epoch(self, stacked: bool) -> None:
        """Every network, one epoch."""
        for phase in () if stacked else self.alone:
            phase.train_epoch()
        for stack in self.stacks if stacked else ():
            stack.train_epoch([True] * len(stack.phases))


def _serve(connection: Connection, folds: range, dim: int, batch: int) -> None:
    made = Folds(folds, dim, batch, "cpu", TOGETHER)
    connection.send(None)
    while (stacked := connection.recv()) is not None:
        made.epoch(stacked)
        connection.send(None)


class Processes:
    """So many processes, which share the folds."""

    def __init__(self, number: int, dim: int, batch: int) -> None:
        context, share = get_context("spawn"), FOLDS // number
        self.pipes = []
        for first in range(0, FOLDS, share):
            here, there = context.Pipe()
            folds = range(first, first + share)
            context.Process(target=_serve, args=(there, folds, dim, batch), daemon=True).start()
            self.pipes.append(here)
        self._wait()

    def _wait(self) -> None:
        for pipe in self.pipes:
            pipe.recv()

    def epoch(self, stacked: bool) -> None:
        """Every fold, one epoch."""
        for pipe in self.pipes:
            pipe.send(stacked)
        self._wait()

    def end(self) -> None:
        """Send them home."""
        for pipe in self.pipes:
            pipe.send(None)


def timed(ways: dict[str, Callable[[], None]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median seconds of each, interleaved; one unmeasured round goes before."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            if turn:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}


def cpu() -> None:
    for dim, batch in SIZES:
        one, two = Processes(1, dim, batch), Processes(2, dim, batch)
        found = timed(
            {
                "one by one": partial(one.epoch, stacked=False),
                "the same again": partial(one.epoch, stacked=False),
                "stacked by 8": partial(one.epoch, stacked=True),
                "two processes": partial(two.epoch, stacked=False),
                "both": partial(two.epoch, stacked=True),
            }
        )
        base = found.pop("one by one")
        print(f"d {dim}, batch {batch}: {1e3 * base / FOLDS / STEPS:.2f} ms a step one by one; times as fast:")
        print("   " + ", ".join(f"{name} {base / seconds:.2f}" for name, seconds in found.items()), flush=True)
        one.end()
        two.end()


def gpu() -> None:
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    limits = Limits.measured()
    print(limits)
    for folds in (32 * 3, 73 * 3):
        torch.cuda.reset_peak_memory_stats()
        made = Folds(range(folds), 64, 64, "cuda", folds)
        ways = {
            name: partial(finished, partial(made.epoch, stacked))
            for name, stacked in (("alone", False), ("stacked", True))
        }
        found = timed(ways, 3)
        print(f"{folds} networks, d 64, batch 64: {found['alone'] / found['stacked']:.1f} x one by one (aim 20)")
        one = operations(made.alone[0].train_epoch)
        for name, run, networks in (("alone", made.alone[0].train_epoch, 1), ("stacked", ways["stacked"], folds)):
            step = found[name] / folds * networks / STEPS
            print(
                f"   {name}, {1e3 * step:.1f} ms a step: {limits.reached(run, step, STEPS, one * networks)}", flush=True
            )
        print(f"   {torch.cuda.max_memory_allocated() / 2**20 / folds:.0f} MiB a network, both ways together")
    print(study(73, 32, 27, "cuda", 219, epochs=2))


def epochs_of(job: Path) -> Iterator[float]:
    """The seconds of each epoch of a job, search and refit."""
    for line in (job / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        yield float(json.loads(line).get("seconds", 0))


def study(subjects: int, trials: int, windows: int, device: str, together: int, epochs: int) -> str:
    """The wall time of a leave-one-subject-out study with three seeds, from rows to predictions, on random features."""
    spec, made = model(64, 64, PUBLISHED, subjects * trials * windows)
    names = np.array([f"S{number:02d}" for number in range(subjects)])
    made.subject = np.repeat(names, trials * windows)
    made.trial = np.tile(np.repeat(np.arange(trials).astype(str), windows), subjects)
    settings = network(spec).train.model_copy(update={"epochs": epochs, "choose": "last"})
    opened = RunContext({"main": replace(spec, model=replace(network(spec), train=settings))})
    folds = list(LOSO().split(made))
    with TemporaryDirectory() as folder:
        jobs = [
            FoldJob(Job("main", seed, fold.label, Path(folder) / str(seed) / fold.label), fold, number)
            for seed in range(3)
            for number, fold in enumerate(folds)
        ]
        started = time.perf_counter()
        outcomes = run_cohort(lambda: opened, jobs, made, device, together)
        seconds = time.perf_counter() - started
        training = sum(spent for assigned in jobs for spent in epochs_of(assigned.job.folder))
    if failed := [outcome.error for outcome in outcomes if outcome.error]:
        raise RuntimeError(failed[0])
    return (
        f"{subjects} subjects held out in turn, 3 seeds, {len(made)} rows, {epochs} epochs: {seconds:.0f} s, "
        f"of which {training:.0f} s are epochs"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    gpu() if parser.parse_args().device == "cuda" else cpu()
