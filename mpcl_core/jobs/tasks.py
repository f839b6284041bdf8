"""Run the jobs of a plan in this process, in worker processes or on a dask cluster."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from itertools import groupby

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.cohort import run_cohort
from mpcl_core.jobs.dead_jobs import end_dead_job, lost_outcome
from mpcl_core.jobs.execution import FoldJob, JobOutcome, finished_outcome
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.limits import memory_limit
from mpcl_core.jobs.process import (
    collect_garbage_rarely,
    exit_with_parent,
    keep_freed_memory,
    skip_garbage_collection_at_exit,
)
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.jobs.shared_windows import SharedWindows
from mpcl_core.jobs.worker_pool import Ended
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings
from mpcl_core.runs.finished_jobs import is_interrupted
from mpcl_core.runs.locks import job_locks

MOST_STARTS = 2
"""Processes of a call that may die before they begin it; one more, and processes cannot be started here."""


class WorkerLostError(UserError):
    """Report that processes that run jobs cannot be started or reached."""


@dataclass(frozen=True)
class Part:
    """Hold the jobs of one call.

    Args:
        study: the number of their study.
        jobs: the jobs.
        size: how many of them are trained at a time.
        starts: how many processes died before they began the call.
    """

    study: int
    jobs: Sequence[FoldJob]
    size: int
    starts: int = 0


def run_tasks(
    opener: RunOpener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    settings: WorkerSettings,
    on_job_ended: Callable[[JobOutcome], None],
) -> list[JobOutcome]:
    """Run every task; the results do not depend on how many run at a time.

    A job whose process dies is run again by itself; after its second death at the same place it has failed. The other
    jobs go on. A job that was interrupted before runs in another process, whatever the settings.

    Args:
        opener: opens the run in the process of a job; picklable.
        plan: the studies, with their windows.
        tasks: what to run.
        settings: where and how.
        on_job_ended: called with the outcome of each job as it ends.

    Returns:
        How the jobs ended, in the order in which they ended.

    Raises:
        WorkerLostError: processes cannot be started, or the cluster cannot be reached any more.
        OSError: the disk is full.
    """
    outcomes: list[JobOutcome] = []

    def end(ended: Sequence[JobOutcome]) -> bool:
        for outcome in ended:
            outcomes.append(outcome)
            on_job_ended(outcome)
        return settings.fail_fast and any(outcome.error for outcome in ended)

    lost = [outcome for task in tasks if (outcome := lost_outcome(task.job))]
    given = {outcome.job.folder for outcome in lost}
    tasks = [task for task in tasks if task.job.folder not in given]
    if end(lost) or not tasks:
        return outcomes
    if any(is_interrupted(task.job.folder) for task in tasks):
        settings = replace(settings, isolated=True)
    waiting = deque(_parts(plan, tasks, settings))
    try:
        with settings.pool([study.windows for study in plan]) as (pool, windows):
            while waiting or pool.is_busy:
                while waiting and pool.has_room:
                    part = waiting.popleft()
                    limit = settings.limits.seconds and settings.limits.seconds * len(part.jobs)
                    pool.start(part, run_part, opener, part, windows[part.study], settings, os.getpid(), limit=limit)
                for call in pool.wait():
                    ended, again = _outcomes(call)
                    waiting.extendleft(again)
                    if end(ended):
                        return outcomes
    except Exception as error:
        if not type(error).__module__.startswith("distributed"):
            raise
        raise WorkerLostError(f"the cluster cannot be reached any more ({type(error).__name__}: {error})") from None
    return outcomes


def _outcomes(call: Ended) -> tuple[Sequence[JobOutcome], Sequence[Part]]:
    """Return how the jobs of a call ended, and what is to be run again because its process died.

    Returns:
        The outcomes, and calls of one job each.
    """
    if call.death is None:
        return call.result, ()
    part: Part = call.key
    if not call.death.has_begun and part.starts < MOST_STARTS:
        return (), [replace(part, starts=part.starts + 1)]
    if not call.death.has_begun:
        raise WorkerLostError(f"a process that is to run jobs died before it began: {call.death.cause}")
    finished = {each.job.folder: outcome for each in part.jobs if (outcome := finished_outcome(each.job))}
    left = [each for each in part.jobs if each.job.folder not in finished]
    ended = list(finished.values())
    if len(part.jobs) == 1 and left:
        failure = end_dead_job(left[0].job, call.death)
        ended, left = ([failure], []) if failure else (ended, left)
    return ended, [Part(part.study, [each], 1) for each in left]


def _parts(plan: Sequence[Study], tasks: Sequence[Task], settings: WorkerSettings) -> Iterator[Part]:
    """Divide the tasks into the calls that processes run.

    Yields:
        The jobs of each call.
    """
    for (number, variant), group in groupby(tasks, lambda task: (task.study, task.job.variant)):
        cohort = settings.cohorts.get(variant, CohortPlan())
        folds = plan[number].folds
        jobs = [FoldJob(task.job, folds[task.fold], task.fold) for task in group]
        if cohort.size > 1:
            jobs.sort(key=lambda job: -len(job.fold.train))  # jobs of similar size wait least for each other
        n = call_count(len(jobs), cohort, settings.jobs)
        for first in range(min(n, len(jobs))):
            yield Part(number, jobs[first::n], cohort.size)


def call_count(n: int, cohort: CohortPlan, processes: int) -> int:
    """Compute how many calls the jobs of a variant are divided into.

    Args:
        n: the number of jobs.
        cohort: how they are distributed.
        processes: processes of the run.

    Returns:
        One call for each job without a cohort; else so many that each place of a cohort is refilled about once.
    """
    if cohort.size == 1:
        return n
    if cohort.processes < processes:
        return cohort.processes
    return max(cohort.processes, -(-n // (2 * cohort.size)))


def run_part(
    opener: RunOpener, part: Part, windows: WindowSet | SharedWindows, settings: WorkerSettings, parent: int
) -> list[JobOutcome]:
    """Run the jobs of one call, in whatever process it is called.

    Args:
        opener: opens the run in this process.
        part: the jobs.
        windows: the windows of their study, or what stands for them.
        settings: where and how.
        parent: the process id of the process that started the run.

    Returns:
        How the jobs ended, in the order in which they ended.
    """
    skip_garbage_collection_at_exit()
    if parent == os.getppid():
        exit_with_parent(parent)
        collect_garbage_rarely()
        keep_freed_memory()
    windows = windows.load() if isinstance(windows, SharedWindows) else windows
    if not settings.dask:
        return _run_unfinished(opener, part, windows, settings)
    with suppress(Exception):  # a job reports it; the imports take seconds, during which no job has to be locked
        opener()
    with job_locks([each.job.folder for each in part.jobs]):
        return _run_unfinished(opener, part, windows, settings)


def _run_unfinished(opener: RunOpener, part: Part, windows: WindowSet, settings: WorkerSettings) -> list[JobOutcome]:
    """Run the jobs of a call that no other process has finished.

    Returns:
        How all jobs of the call ended.
    """
    ended = [outcome for each in part.jobs if (outcome := finished_outcome(each.job))]  # by a worker that was lost
    ended_folders = {outcome.job.folder for outcome in ended}
    jobs = [each for each in part.jobs if each.job.folder not in ended_folders]
    with redirect_stdout(sys.stderr), memory_limit(settings.limits.memory_mib):  # stdout belongs to the command line
        if part.size > 1 and len(jobs) > 1:
            size = min(part.size, len(jobs))
            return ended + run_cohort(opener, jobs, windows, settings.device, size, settings.fail_fast)
        return ended + [run_job(opener, each, windows, settings.device) for each in jobs]
