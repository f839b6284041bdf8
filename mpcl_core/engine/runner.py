"""Runs the jobs of a plan on this machine, several at a time."""

from collections.abc import Callable, Sequence

from joblib import Parallel, delayed

from mpcl_core.engine.job import Opened, Outcome, run_job
from mpcl_core.engine.plan import Study, Task


def run_tasks(
    opener: Callable[[], Opened],
    plan: Sequence[Study],
    tasks: Sequence[Task],
    jobs: int,
    device: str,
    ended: Callable[[Outcome], bool],
) -> list[Outcome]:
    """Run every task; results do not depend on how many run at a time.

    Args:
        opener: opens the run in the process of a job; picklable.
        plan: the studies, with their rows.
        tasks: what to run.
        jobs: processes at a time; 1 runs in this one.
        device: where networks are trained.
        ended: told of each job as it ends, in the order they end; false stops the run.
    """
    calls = (
        delayed(run_job)(
            opener, task.job, plan[task.study].windows, plan[task.study].folds[task.fold], task.fold, device
        )
        for task in tasks
    )
    outcomes: list[Outcome] = []
    with Parallel(n_jobs=jobs, return_as="generator_unordered", max_nbytes="100K") as parallel:
        for outcome in parallel(calls):
            outcomes.append(outcome)
            if not ended(outcome):
                break
    return outcomes
