"""Run the jobs of a plan in the processes of this machine or of a dask cluster."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from itertools import groupby

from joblib import delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.cohort import FoldJob, run_cohort
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.process import exit_with_parent, skip_garbage_collection_at_exit
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings
from mpcl_core.runs.finished_jobs import is_interrupted


class WorkerLostError(UserError):
    """Report that a process that ran jobs was killed."""


def run_tasks(
    opener: RunOpener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    settings: WorkerSettings,
    on_job_ended: Callable[[JobOutcome], None],
) -> list[JobOutcome]:
    """Run every task; the results do not depend on how many run at a time.

    Args:
        opener: opens the run in the process of a job; picklable.
        plan: the studies, with their windows.
        tasks: what to run.
        settings: where and how.
        on_job_ended: called with the outcome of each job as it ends.

    Returns:
        How the jobs ended, in the order in which they ended.

    Raises:
        WorkerLostError: a process was killed, for example by the system because memory ran out.
        OSError: the disk is full.
    """
    outcomes: list[JobOutcome] = []
    try:
        with settings.parallel([study.windows for study in plan]) as (parallel, windows):
            calls = (
                delayed(_run_part)(opener, part, windows[number], settings, size, os.getpid())
                for number, part, size in _parts(plan, tasks, settings)
            )
            for ended in parallel(calls):
                outcomes += ended
                for outcome in ended:
                    on_job_ended(outcome)
                if settings.fail_fast and any(outcome.error for outcome in ended):
                    break
    except TerminatedWorkerError:
        raise WorkerLostError(
            f"a process was killed (by the system, if memory ran out){_unfinished_jobs(tasks)}"
        ) from None
    except Exception as error:
        if not type(error).__module__.startswith("distributed"):
            raise
        raise WorkerLostError(f"the cluster lost a worker or its data ({type(error).__name__}: {error})") from None
    return outcomes


def _parts(
    plan: Sequence[Study], tasks: Sequence[Task], settings: WorkerSettings
) -> Iterator[tuple[int, list[FoldJob], int]]:
    """Divide the tasks into the calls that processes run.

    Yields:
        The number of the study, the jobs of the call, and how many of them are trained at a time.
    """
    for (number, variant), group in groupby(tasks, lambda task: (task.study, task.job.variant)):
        cohort = settings.cohorts.get(variant, CohortPlan())
        folds = plan[number].folds
        jobs = [FoldJob(task.job, folds[task.fold], task.fold) for task in group]
        if cohort.size > 1:
            jobs.sort(key=lambda job: -len(job.fold.train))  # jobs of similar size wait least for each other
        n = call_count(len(jobs), cohort, settings.jobs)
        for first in range(min(n, len(jobs))):
            yield number, jobs[first::n], cohort.size


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


def _run_part(
    opener: RunOpener, jobs: Sequence[FoldJob], windows: WindowSet, settings: WorkerSettings, size: int, parent: int
) -> list[JobOutcome]:
    skip_garbage_collection_at_exit()
    if parent == os.getppid():
        exit_with_parent(parent)
    with redirect_stdout(sys.stderr):  # standard output belongs to the command line, not to plugins
        if size > 1 and len(jobs) > 1:
            return run_cohort(opener, jobs, windows, settings.device, min(size, len(jobs)), settings.fail_fast)
        return [run_job(opener, each.job, windows, each.fold, each.number, settings.device) for each in jobs]


def _unfinished_jobs(tasks: Sequence[Task]) -> str:
    """List the jobs that had begun and not ended, for a message.

    Returns:
        The text after "a process was killed"; empty where there is none.
    """
    jobs = [task.job for task in tasks if is_interrupted(task.job.folder)]
    return " while it ran " + " or ".join("/".join(job.folder.parts[-3:]) for job in jobs) if jobs else ""
