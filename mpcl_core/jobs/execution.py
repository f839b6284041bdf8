"""Run the code of one job with its own random state, log and cost, also where other jobs run in between."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.verification import metric_problems
from mpcl_core.interfaces.component_errors import error_line
from mpcl_core.interfaces.data import Fold, Job
from mpcl_core.interfaces.errors import UserError, is_disk_full, is_interruption
from mpcl_core.jobs.job_log import logging_to
from mpcl_core.jobs.limits import allocation_error
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import Writer, wait_for_disk, write_atomically, write_unsynced
from mpcl_core.runs.deaths import forget_deaths
from mpcl_core.runs.finished_jobs import begin_job, read_finished_job
from mpcl_core.runs.integrity import damaged_files
from mpcl_core.training.checkpoint import EVERY
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.steps import StepRequest

log = logging.getLogger("mpcl.job")

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class FoldJob:
    """Hold a job with its fold.

    Args:
        job: the job and its folder.
        fold: which windows of its study fit and which test.
        number: the fold's number.
    """

    job: Job
    fold: Fold
    number: int

    @property
    def entropy(self) -> tuple[int, int]:
        """Return the seeds of the job's random state."""
        return self.job.seed, self.number


@dataclass(frozen=True)
class JobOutcome:
    """Hold how a job ended.

    Args:
        job: the job.
        metrics: the metrics over its test windows; empty where it failed.
        seconds: how long it took.
        error: the error in one line; empty where it succeeded.
    """

    job: Job
    metrics: Metrics
    seconds: float
    error: str = ""


def finished_outcome(job: Job) -> JobOutcome | None:
    """Return how a finished job ended.

    Args:
        job: the job.

    Returns:
        The outcome; None where the job must be run again: it has not finished, one of its files is damaged, or its
        predictions do not have the metrics that it states.
    """
    found = read_finished_job(job.folder)
    if found is None or not set(METRICS) <= set(found.metrics):
        return None
    if any(metric_problems(job.folder)) or any(damaged_files(job.folder)):
        return None
    return JobOutcome(job, found.metrics, found.seconds)


class JobExecution:
    """Run the code of a job, in one part or in several.

    Args:
        fold_job: the job.
        device: where its network is trained.
        cohort_size: how many jobs are trained at a time in its cohort; 1 for a job by itself.
    """

    def __init__(self, fold_job: FoldJob, device: str, cohort_size: int = 1) -> None:
        self.job, self.device, self.cohort_size = fold_job.job, device, cohort_size
        self.random = RandomState(*fold_job.entropy)
        self.seconds = 0.0
        self.outcome: JobOutcome | None = None
        self._warnings: set[str] = set()
        begin_job(self.job.folder)

    def run_part(self, part: Callable[[], StepRequest | Metrics]) -> StepRequest | None:
        """Run a part of the job; where it returns metrics or fails, the job has ended and `outcome` is set.

        Args:
            part: returns the next step that the job requests, or its metrics.

        Returns:
            The requested step; None where the job has ended.

        Raises:
            OSError: the disk is full, so that no job can continue.
        """
        started = time.perf_counter()
        returned: StepRequest | Metrics = {}
        message = ""
        with self.logging_to_job():
            try:
                with self.random:
                    returned = part()
            except BaseException as error:
                if is_disk_full(error) or (is_interruption(error) and not isinstance(error, GeneratorExit)):
                    raise
                message = allocation_error(error) + error_line(error)
                log.error("%s", message if isinstance(error, UserError) else traceback.format_exc())  # noqa: TRY400
        self.seconds += time.perf_counter() - started
        if isinstance(returned, StepRequest):
            return returned
        self._end(returned, message)
        return None

    def _end(self, metrics: Metrics, message: str) -> None:
        cohort = {"cohort": self.cohort_size} if self.cohort_size > 1 else {}
        is_long = self.seconds >= EVERY  # a shorter one is simply run again after a crash of the machine
        if is_long:
            wait_for_disk(self.job.folder)
        write = write_atomically if is_long else write_unsynced
        write_cost(self.job, self.seconds, _peak_mib(self.device), write, **cohort)
        forget_deaths(self.job.folder)
        self.outcome = JobOutcome(self.job, metrics, self.seconds, message)

    def logging_to_job(self) -> AbstractContextManager[None]:
        """Send log records and warnings to the job's log only, each warning once.

        Returns:
            A context.
        """
        return logging_to(self.job.folder, self._warnings)


def write_cost(job: Job, seconds: float, peak_mib: float | None, write: Writer = write_atomically, **more: int) -> None:
    """Write the file that marks a job as ended.

    Args:
        job: the job.
        seconds: how long it took.
        peak_mib: its peak memory in MiB; None where unknown.
        write: writes the file.
        **more: further numbers.
    """
    cost = {"seconds": seconds, "peak_mib": peak_mib, **more}
    write(job.folder / layout.COST, (json.dumps(cost) + "\n").encode())


def _peak_mib(device: str) -> float | None:
    """Return the peak memory of this process so far; on a GPU, of its tensors there.

    Returns:
        MiB; None where the system does not report it.
    """
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform != "linux":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
