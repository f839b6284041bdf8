"""Measure how long networks of a variant take to train, one by one and as a cohort, on a few real windows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Int64

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.limits import NO_LIMITS
from mpcl_core.jobs.memory import used_mib
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.jobs.shared_windows import SharedWindows
from mpcl_core.jobs.worker_pool import Ended
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.phase import Phase
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.study_windows import study_windows
from mpcl_core.training.windows.window_store import WindowStore

STEPS, SECONDS = 8, 0.3
"""Steps of a timed epoch, and how long epochs are repeated."""


@dataclass(frozen=True)
class Throughput:
    """Hold what training in one process takes.

    Args:
        seconds: for each job and epoch.
        mib: memory for each job, in MiB.
    """

    seconds: float
    mib: float


def measure_in_processes(
    cohort: CohortPlan, opener: RunOpener, plan: Sequence[Study], tasks: Sequence[Task], settings: WorkerSettings
) -> Throughput:
    """Measure in as many processes at once as would run the jobs.

    Args:
        cohort: how the jobs would be distributed.
        opener: opens the run in a process; picklable.
        plan: the studies, with their windows.
        tasks: the jobs of one variant; the first ones are measured.
        settings: where the processes run.

    Returns:
        The slowest and largest of the processes.
    """
    study, measured = plan[tasks[0].study], tasks[: cohort.size]
    entropy = [(task.job.seed, task.fold) for task in measured]
    train = [study.folds[task.fold].train for task in measured]
    found: list[Throughput] = []
    with replace(settings, jobs=cohort.processes, limits=NO_LIMITS).pool([study.windows]) as (pool, (windows,)):
        for number in range(cohort.processes):
            pool.start(number, measure, opener, tasks[0].job.variant, windows, train, entropy, settings.device)
        while pool.is_busy:
            found += [_measured(ended) for ended in pool.wait()]
    return Throughput(max(each.seconds for each in found), max(each.mib for each in found))


def _measured(ended: Ended) -> Throughput:
    if ended.death is not None:
        raise RuntimeError(f"the process of a trial died: {ended.death.cause}")
    measured: Throughput = ended.result
    return measured


def measure(
    opener: RunOpener,
    variant: str,
    windows: WindowSet | SharedWindows,
    train: Sequence[Int64[np.ndarray, "_"]],
    entropy: Sequence[tuple[int, int]],
    device: str,
) -> Throughput:
    """Time a few steps of networks in this process, as a cohort where there are several.

    Args:
        opener: opens the run in this process.
        variant: the variant of the networks.
        windows: the windows of the study.
        train: for each network the positions of its training windows.
        entropy: for each network the seeds of its random state.
        device: where they are trained.

    Returns:
        Seconds and memory for each network.
    """
    windows = windows.load() if isinstance(windows, SharedWindows) else windows
    spec = opener().specs[variant]
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError(f"'{variant}' has no network")
    settings = spec.model.train
    before, store = used_mib(device), WindowStore(torch.device(device))
    study = study_windows(windows, torch.device(device))
    with deterministic(settings.threads):
        phases = []
        for seeds, positions in zip(entropy, train, strict=True):
            trainer = Trainer(spec.model, spec.transforms, seeds, device, store=store, pool=spec.pool)
            phases.append(trainer.phase(study.part(positions[: STEPS * settings.batch_size])))
        seconds = _time_epoch(phases)
    return Throughput(seconds / len(phases), max(0.0, used_mib(device) - before) / len(phases))


def _time_epoch(phases: Sequence[Phase]) -> float:
    """Time an epoch of all networks, after one that is not counted.

    Returns:
        The mean duration in seconds.
    """
    if len(phases) == 1:
        train_epoch: Callable[[], object] = phases[0].train_epoch
    else:
        stack = StackedNetworks(phases, parameters_with_gradient(phases[0]))
        train_epoch = lambda: stack.train_epoch([True] * len(phases))  # noqa: E731
    train_epoch()
    started, epochs = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        train_epoch()
        epochs += 1
    return (time.perf_counter() - started) / epochs
