"""Decide what becomes of a job whose process has died: it is run again, or it has failed."""

import logging

from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.execution import JobOutcome, write_cost
from mpcl_core.jobs.job_log import logging_to
from mpcl_core.jobs.worker_pool import Death
from mpcl_core.runs.deaths import Deaths, read_deaths, record_death
from mpcl_core.runs.finished_jobs import begin_job, is_interrupted

log = logging.getLogger("mpcl.job")


def lost_outcome(job: Job) -> JobOutcome | None:
    """Return the failure of a job whose processes died in an earlier run as often as is tolerated.

    Args:
        job: the job.

    Returns:
        The outcome; None where the job is to be run.
    """
    deaths = read_deaths(job.folder)
    if deaths is None or not deaths.is_final:
        return None
    if is_interrupted(job.folder):
        write_cost(job, 0.0, None)
    return JobOutcome(job, {}, 0.0, _message(job, deaths))


def end_dead_job(job: Job, death: Death) -> JobOutcome | None:
    """Record that the process of a job has died.

    Args:
        job: the job, which ran by itself.
        death: how its process died.

    Returns:
        The job's failure; None where it is to be run again.
    """
    begin_job(job.folder)  # the process may have died before it made the folder
    deaths = None if death.is_certain else record_death(job.folder, death.cause)
    is_again = deaths is not None and not deaths.is_final
    message = f"the process of job {_name(job)} died: {death.cause}" if deaths is None else _message(job, deaths)
    with logging_to(job.folder, set()):
        log.error("the process that ran this job died: %s%s", death.cause, "; the job is run again" * is_again)
    if is_again:
        return None
    write_cost(job, death.seconds, None)
    return JobOutcome(job, {}, death.seconds, message)


def _message(job: Job, deaths: Deaths) -> str:
    return (
        f"the process of job {_name(job)} died twice at the same place; the last time {deaths.cause}. To have the job "
        f"run again, remove {job.folder}"
    )


def _name(job: Job) -> str:
    return f"{job.variant}/{job.seed}/{job.fold}"
