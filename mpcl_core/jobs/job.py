"""Run one job by itself in this process."""

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.execution import FoldJob, JobExecution, JobOutcome, Metrics
from mpcl_core.jobs.job_runner import JobRunner
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.steps import run_alone


def run_job(opener: RunOpener, fold_job: FoldJob, windows: WindowSet, device: str) -> JobOutcome:
    """Run a job by itself and write its files; a failure goes to the job's log and into the outcome.

    Args:
        opener: opens the run in this process.
        fold_job: the job.
        windows: the windows of its study.
        device: where a network is trained.

    Returns:
        How the job ended.

    Raises:
        OSError: the disk is full.
    """

    def run_all() -> Metrics:
        runner = JobRunner(fold_job, opener(), device)
        with deterministic(runner.threads):
            return run_alone(runner.steps(windows))

    execution = JobExecution(fold_job, device)
    execution.run_part(run_all)
    if execution.outcome is None:
        raise RuntimeError("run_alone() has to run every step that a job requests")
    return execution.outcome
