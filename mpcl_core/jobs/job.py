"""Run one job by itself in this process."""

from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.jobs.execution import JobExecution, JobOutcome, Metrics
from mpcl_core.jobs.job_runner import JobRunner
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.steps import run_alone


def run_job(opener: RunOpener, job: Job, windows: WindowSet, fold: Fold, number: int, device: str) -> JobOutcome:
    """Run a job by itself and write its files; a failure goes to the job's log and into the outcome.

    Args:
        opener: opens the run in this process.
        job: the job and its folder.
        windows: the windows of the study.
        fold: which of them fit and which test.
        number: the fold's number, part of the job's random state.
        device: where a network is trained.

    Returns:
        How the job ended.

    Raises:
        OSError: the disk is full.
    """

    def run_all() -> Metrics:
        runner = JobRunner(job, opener(), device)
        with deterministic(runner.threads):
            return run_alone(runner.steps(windows, fold, number))

    execution = JobExecution(job, number, device)
    execution.run_part(run_all)
    if execution.outcome is None:
        raise RuntimeError("run_alone() has to run every step that a job requests")
    return execution.outcome
