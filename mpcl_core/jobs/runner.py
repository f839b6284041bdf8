"""Runs the jobs of a plan: several processes at a time on this machine, or on the workers of a dask cluster."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.jobs.cohort import Assigned, run_together
from mpcl_core.jobs.execution import Outcome
from mpcl_core.jobs.job import RunContext, run_job
from mpcl_core.jobs.process import end_quickly, end_with
from mpcl_core.runs.layout import COST

if TYPE_CHECKING:
    from distributed import Client, Future

Opener = Callable[[], RunContext]

PATIENCE = 10.0
"""Seconds that a scheduler has to answer."""


@dataclass(frozen=True)
class CohortShare:
    """How the jobs of a variant are spread.

    Args:
        size: how many are trained together in a process.
        processes: how many processes at most are at it at a time.
    """

    size: int = 1
    processes: int = 1


@dataclass(frozen=True)
class WorkerSettings:
    """What there is to run jobs with.

    Args:
        jobs: processes at a time; 1 runs in this one.
        device: where networks are trained.
        dask: the address of a scheduler, whose workers run the jobs; None for this machine.
        shares: variant -> how its jobs are spread; one by one where it is not named.
        fail_fast: begin nothing after a job that failed.
    """

    jobs: int
    device: str
    dask: str | None = None
    shares: Mapping[str, CohortShare] = field(default_factory=dict)
    fail_fast: bool = False

    @contextmanager
    def parallel(self, windows: Sequence[WindowSet]) -> Iterator[tuple[Parallel, Sequence[Any]]]:
        """What runs calls, and what stands for each of these rows in them, which many calls share.

        Raises:
            UsageError: there is no cluster to run them.
        """
        if not self.dask:
            with Parallel(n_jobs=self.jobs, return_as="generator_unordered", max_nbytes="100K") as parallel:
                yield parallel, windows
            return
        client = _client(self.dask)
        with client, parallel_config(backend="dask", client=client):
            rows = [_kept(client, each) for each in windows]
            with Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1) as parallel:
                yield parallel, rows


class WorkerLostError(UserError):
    """A process that ran jobs was killed."""


def run_tasks(
    opener: Opener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    means: WorkerSettings,
    ended: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run every task; results do not depend on how many run at a time.

    Args:
        opener: opens the run in the process of a job; picklable.
        plan: the studies, with their rows.
        tasks: what to run.
        means: with what.
        ended: told of each job as it ends, in the order they end.

    Raises:
        WorkerLostError: a process was killed, by the system for want of memory, say.
        OSError: the disk is full.
    """
    outcomes: list[Outcome] = []
    try:
        with means.parallel([study.windows for study in plan]) as (parallel, rows):
            calls = (
                delayed(_run)(opener, part, rows[number], means, size, os.getpid())
                for number, part, size in _parts(plan, tasks, means)
            )
            for found in parallel(calls):
                outcomes += found
                for outcome in found:
                    ended(outcome)
                if means.fail_fast and any(outcome.error for outcome in found):
                    break
    except TerminatedWorkerError:
        raise WorkerLostError(f"a process was killed (by the system, if memory ran out){_at_work(tasks)}") from None
    except Exception as error:
        if not type(error).__module__.startswith("distributed"):
            raise
        raise WorkerLostError(f"the cluster has lost what it needs ({type(error).__name__}: {error})") from None
    return outcomes


def _parts(
    plan: Sequence[Study], tasks: Sequence[Task], means: WorkerSettings
) -> Iterator[tuple[int, list[Assigned], int]]:
    """The jobs of each call: the number of their study, they themselves, and how many are trained together."""
    for (number, variant), group in groupby(tasks, lambda task: (task.study, task.job.variant)):
        share = means.shares.get(variant, CohortShare())
        folds = plan[number].folds
        jobs = [Assigned(task.job, folds[task.fold], task.fold) for task in group]
        if share.size > 1:
            jobs.sort(key=lambda job: -len(job.fold.train))  # members of like size wait least for each other
        calls = _calls(len(jobs), share, means.jobs)
        for first in range(min(calls, len(jobs))):
            yield number, jobs[first::calls], share.size


def _calls(n: int, share: CohortShare, processes: int) -> int:
    """How many calls n jobs make: one each, or so many that places of a cohort are taken over about once."""
    if share.size == 1:
        return n
    if share.processes < processes:
        return share.processes
    return max(share.processes, -(-n // (2 * share.size)))


def _run(
    opener: Opener, jobs: Sequence[Assigned], windows: WindowSet, means: WorkerSettings, size: int, begun_by: int
) -> list[Outcome]:
    end_quickly()
    if begun_by == os.getppid():
        end_with(begun_by)
    with redirect_stdout(sys.stderr):  # what a plugin prints is no answer of the program
        if size > 1 and len(jobs) > 1:
            return run_together(opener, jobs, windows, means.device, min(size, len(jobs)), means.fail_fast)
        return [run_job(opener, job.job, windows, job.fold, job.number, means.device) for job in jobs]


def _at_work(tasks: Sequence[Task]) -> str:
    """Which jobs had begun and not ended."""
    begun = [task.job for task in tasks if task.job.folder.exists() and not (task.job.folder / COST).exists()]
    return " at work on " + " or ".join("/".join(job.folder.parts[-3:]) for job in begun) if begun else ""


def _client(address: str) -> "Client":
    """A client of the scheduler, whose workers can run jobs.

    Raises:
        UsageError: dask is not installed, nothing answers, or its workers cannot run jobs.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs the package distributed: pip install 'mpcl[cluster]'") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {address}: {error}") from None
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise UsageError(f"the dask scheduler at {address} has no workers")
    if many := [name for name, worker in workers.items() if worker["nthreads"] > 1]:
        raise UsageError(f"a job needs a process of its own: start the workers with --nthreads 1 ({many[0]} has more)")
    return client


def _kept(client: "Client", windows: WindowSet) -> "Future[WindowSet]":
    """Rows on the cluster, as the result of a call: where the worker that holds them dies, another makes them again.

    Scattered data has no such call behind it; dask keeps one copy and loses it with its worker.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # it is sent once
        kept: Future[WindowSet] = client.submit(_same, windows, key=f"mpcl-rows-{uuid4().hex}")
    return kept


def _same(windows: WindowSet) -> WindowSet:
    return windows
