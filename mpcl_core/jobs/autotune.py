"""How many jobs of a variant to train together: measured at the start, since it depends on the network and the machine.

Candidates are one by one in all processes, `TOGETHER` in each of all processes, and as many in one process alone. Each
is timed on a few real rows, in as many processes at once as would run it, and what takes least time a job is chosen.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64
from joblib import delayed

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.runner import CohortShare, Opener, WorkerSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import blocks
from mpcl_core.training.phase import Phase
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.stacked import StackedNetworks, used
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.window_store import WindowStore

TOGETHER = {"cpu": (8,), "mps": (8,), "cuda": (32, 128)}
"""Sizes that are tried."""
STEPS, SECONDS = 8, 0.3
"""Steps of an epoch that is timed, and how long epochs are repeated."""
LEAST, WORTH = 4, 1.1
"""Fewer jobs are not measured, and a smaller gain is not taken."""
FREE = 0.5
"""The share of the free memory that members may take."""


@dataclass(frozen=True)
class Throughput:
    """What was measured: seconds a job and epoch in one process, and memory a job, in MiB."""

    seconds: float
    mib: float


def shares(
    opener: Opener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    means: WorkerSettings,
    cohort: int | None,
    tell: Callable[[str], None],
) -> dict[str, CohortShare]:
    """Variant -> how its jobs are spread, for those that are not run one by one.

    Args:
        opener, plan, tasks, means: as for `run_tasks`.
        cohort: how many to train together; None measures.
        tell: told what was measured, and what cannot be trained together.
    """
    found = {}
    specs = opener().specs
    for variant, mine in _by_variant(tasks).items():
        model = specs[variant].model
        if not isinstance(model, NetworkSpec) or len(mine) < LEAST:
            continue
        if alone := unstackable(model):
            tell(f"{variant}: its jobs run one by one, since {', '.join(alone)} cannot be trained together.")
            continue
        if cohort is not None:
            found[variant] = CohortShare(min(cohort, len(mine)), means.jobs)
        elif share := _measured(opener, plan, mine, means, tell):
            found[variant] = share
    return found


def _by_variant(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.job.variant, []).append(task)
    return found


def unstackable(model: NetworkSpec) -> list[str]:
    """The components that cannot be trained together with copies of themselves."""
    classes = {block.cls for block in blocks(model)}
    return sorted(cls.name for cls in classes if issubclass(cls, NetworkComponent) and not cls.stackable)


def _measured(
    opener: Opener, plan: Sequence[Study], tasks: Sequence[Task], means: WorkerSettings, tell: Callable[[str], None]
) -> CohortShare | None:
    """The quickest way, or None where that is one by one."""
    ways = [CohortShare(1, means.jobs)]
    for size in TOGETHER[means.device]:
        ways += [CohortShare(min(size, len(tasks)), processes) for processes in dict.fromkeys((means.jobs, 1))]
    try:
        paces = {way: _pace_of(way, opener, plan, tasks, means) for way in dict.fromkeys(ways)}
    except Exception as error:  # whatever stands in the way of a trial, the jobs can be run one by one
        tell(
            f"{tasks[0].job.variant}: its jobs run one by one, since a trial failed ({type(error).__name__}: {error})."
        )
        return None
    alone, rows = paces[ways[0]], _mib_of_rows(plan, tasks)
    fits = [way for way in paces if way.size == 1 or _fits(way, paces[way].mib, rows, means.device)]
    best = min(fits, key=lambda way: paces[way].seconds / way.processes)
    gain = alone.seconds / ways[0].processes / (paces[best].seconds / best.processes)
    if best.size == 1 or gain < WORTH:
        return None
    tell(
        f"{tasks[0].job.variant}: {best.size} jobs are trained together in {_counted(best.processes)}, "
        f"{gain:.1f} x as fast as one by one; {paces[best].mib + rows:.0f} MiB a job, of which {rows:.0f} are its rows."
    )
    return best


def _mib_of_rows(plan: Sequence[Study], tasks: Sequence[Task]) -> float:
    """Of the signals of the most rows that one of the jobs is fitted on."""
    study = plan[tasks[0].study]
    folds = [study.folds[task.fold] for task in tasks]
    most = max(len(fold.train) + len(fold.validation) for fold in folds)
    return sum(values.nbytes for values in study.windows.X.values()) * most / len(study.windows) / 2**20


def _fits(way: CohortShare, mib: float, rows: float, device: str) -> bool:
    """Whether there is room for so many jobs, each with its rows.

    A job holds them as it was given them, in this machine's memory; and once more where its network is trained, if its
    transforms make of them what those of no other job do.
    """
    members = way.size * way.processes
    if device == "cuda":
        return members * (mib + rows) < FREE * _free(device) and members * rows < FREE * _free("cpu")
    return members * (mib + 2 * rows) < FREE * _free(device)


def _counted(processes: int) -> str:
    return "one process" if processes == 1 else f"each of {processes} processes"


def _pace_of(
    way: CohortShare, opener: Opener, plan: Sequence[Study], tasks: Sequence[Task], means: WorkerSettings
) -> Throughput:
    """The slowest of as many processes as the way has, all at it at once."""
    study, seeds = plan[tasks[0].study], [(task.job.seed, task.fold) for task in tasks[: way.size]]
    few = [study.folds[fold].train for _, fold in seeds]
    variant = tasks[0].job.variant
    with replace(means, jobs=way.processes).parallel([study.windows]) as (parallel, (rows,)):
        call = delayed(pace)(opener, variant, rows, few, [*seeds], means.device)
        found = list(parallel(call for _ in range(way.processes)))
    return Throughput(max(pace.seconds for pace in found), max(pace.mib for pace in found))


def pace(
    opener: Opener,
    variant: str,
    windows: WindowSet,
    rows: Sequence[Int64[np.ndarray, "_"]],
    entropy: Sequence[tuple[int, int]],
    device: str,
) -> Throughput:
    """Time a few steps of so many networks in this process, together where they are several.

    Args:
        opener, variant: the network.
        windows: the rows of the study.
        rows: which of them each network learns from.
        entropy: what each starts from.
        device: where.
    """
    spec = opener().specs[variant]
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError(f"'{variant}' has no network")
    train = spec.model.train
    before, store = _held(device), WindowStore(torch.device(device))
    with deterministic(train.threads):
        phases = []
        for start, own in zip(entropy, rows, strict=True):
            trainer = Trainer(spec.model, spec.transforms, start, device, _unheard, _unheard, None, store)
            phases.append(trainer.phase(windows.take(own[: STEPS * train.batch_size])))
        seconds = _timed(phases)
    return Throughput(seconds / len(phases), max(0.0, _held(device) - before) / len(phases))


def _unheard(*_: object) -> None:
    """Nobody is told of a trial."""


def _timed(phases: Sequence[Phase]) -> float:
    """Seconds of an epoch of all, the first left out."""
    if len(phases) == 1:
        epoch: Callable[[], object] = phases[0].epoch
    else:
        stack = StackedNetworks(phases, used(phases[0]))
        epoch = lambda: stack.epoch([True] * len(phases))  # noqa: E731
    epoch()
    started, epochs = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        epoch()
        epochs += 1
    return (time.perf_counter() - started) / epochs


def _held(device: str) -> float:
    """MiB that this process holds; on a GPU, the most that its tensors have taken there."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else 0.0


def _free(device: str) -> float:
    """MiB that are free; without end where that is not known."""
    if device == "cuda":
        return torch.cuda.mem_get_info()[0] / 2**20
    meminfo = Path("/proc/meminfo")
    lines = meminfo.read_text().splitlines() if meminfo.exists() else []
    return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith("MemAvailable")), math.inf)
