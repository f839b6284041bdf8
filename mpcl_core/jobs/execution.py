"""Run the code of one job with its own random state, log and cost, also where other jobs run in between."""

import json
import logging
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.verification import metric_problems
from mpcl_core.interfaces.component_errors import error_line
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import FAULTS, UserError, is_disk_full
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.finished_jobs import begin_job, read_finished_job
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.steps import StepRequest

log = logging.getLogger("mpcl.job")

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class JobOutcome:
    """Hold how a job ended.

    Args:
        job: the job.
        metrics: the six metrics over its test windows; empty where it failed.
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
    stated = {metric: found.metrics[metric] for metric in METRICS}
    if next(metric_problems(job.folder), None) is not None:
        return None
    return JobOutcome(job, stated, found.seconds)


class JobExecution:
    """Run the code of a job, in one part or in several.

    Args:
        job: the job and its folder.
        number: the number of its fold, part of its random state.
        device: where its network is trained.
        cohort_size: how many jobs are trained at a time in its cohort; 1 for a job by itself.
    """

    def __init__(self, job: Job, number: int, device: str, cohort_size: int = 1) -> None:
        self.job, self.device, self.cohort_size = job, device, cohort_size
        self.random = RandomState(job.seed, number)
        self.seconds = 0.0
        self.outcome: JobOutcome | None = None
        self._warnings: set[str] = set()
        begin_job(job.folder)

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
            except FAULTS as error:
                if is_disk_full(error):
                    raise
                message = error_line(error)
                log.error("%s", message if isinstance(error, UserError) else traceback.format_exc())  # noqa: TRY400
        self.seconds += time.perf_counter() - started
        if isinstance(returned, StepRequest):
            return returned
        self._end(returned, message)
        return None

    def _end(self, metrics: Metrics, message: str) -> None:
        cohort = {"cohort": self.cohort_size} if self.cohort_size > 1 else {}
        cost = {"seconds": self.seconds, "peak_mib": _peak_mib(self.device), **cohort}
        write_atomically(self.job.folder / layout.COST, (json.dumps(cost) + "\n").encode())
        self.outcome = JobOutcome(self.job, metrics, self.seconds, message)

    @contextmanager
    def logging_to_job(self) -> Iterator[None]:
        """Send log records and warnings to the job's log only; the file is made with the first record."""
        handler = _StrictFileHandler(
            self.job.folder / layout.JOB_LOG, mode="a", encoding="utf-8", delay=True, errors="backslashreplace"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger = logging.getLogger("mpcl")
        logger.addHandler(handler)
        propagate = logger.propagate
        logger.propagate = False
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("default")
                yield
            for warning in caught:
                self._log_once(f"{warning.category.__name__}: {warning.message}")
        finally:
            logger.propagate = propagate
            logger.removeHandler(handler)
            handler.close()

    def _log_once(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.add(text)
            log.warning("%s", text)


class _StrictFileHandler(logging.FileHandler):
    """Raise errors of writing, which the standard handler prints."""

    def handleError(self, record: logging.LogRecord) -> None:
        raise


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
