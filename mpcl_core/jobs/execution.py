"""A job while it runs: what it logs, draws and costs is its own, also where others run in between."""

import json
import logging
import sys
import time
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

import torch

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import FAULTS, UserError, is_full
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_whole
from mpcl_core.training.component_errors import in_a_line
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.trainer import StepRequest

log = logging.getLogger("mpcl.job")

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Args:
        job: which.
        metrics: the six metrics over its test rows; empty where it failed.
        seconds: how long it took.
        error: what went wrong, in one line.
    """

    job: Job
    metrics: Metrics
    seconds: float
    error: str = ""


def ended_well(job: Job) -> Outcome | None:
    """How a job that is done had ended; None where it is still to be run, or again, since a file of it is damaged."""
    try:
        seconds = float(json.loads((job.folder / layout.COST).read_text())["seconds"])
        last = json.loads((job.folder / layout.JOURNAL).read_text().splitlines()[-1])
        with ZipFile(job.folder / layout.PREDICTIONS) as archive:
            if archive.testzip() is not None:
                return None
        metrics = {metric: float(last[metric]) for metric in METRICS}
    except (OSError, ValueError, LookupError, TypeError, BadZipFile, zlib.error):
        return None
    return Outcome(job, metrics, seconds)


class JobExecution:
    """A job that is run, at once or in steps.

    Args:
        job: which.
        number: the number of its fold, part of its random state.
        device: where its network is trained.
        together: how many jobs are trained together with it, itself included.
    """

    def __init__(self, job: Job, number: int, device: str, together: int = 1) -> None:
        self.job, self.device, self.together = job, device, together
        self.random = RandomState(job.seed, number)
        self.seconds = 0.0
        self.outcome: Outcome | None = None
        self._warned: set[str] = set()
        job.folder.mkdir(parents=True, exist_ok=True)

    def go_on(self, step: Callable[[], StepRequest | Metrics]) -> StepRequest | None:
        """Do a step of the job: it answers what is wanted next, or, at the job's end, metrics; or it fails.

        Raises:
            OSError: the disk is full, so that no job can go on.
        """
        started = time.perf_counter()
        found: StepRequest | Metrics = {}
        message = ""
        with self.logged():
            try:
                with self.random:
                    found = step()
            except FAULTS as error:
                if is_full(error):
                    raise
                message = in_a_line(error)
                log.error("%s", message if isinstance(error, UserError) else traceback.format_exc())  # noqa: TRY400
        self.seconds += time.perf_counter() - started
        if isinstance(found, StepRequest):
            return found
        self._end(found, message)
        return None

    def _end(self, metrics: Metrics, message: str) -> None:
        cohort = {"cohort": self.together} if self.together > 1 else {}
        cost = {"seconds": self.seconds, "peak_mib": _peak_mib(self.device), **cohort}
        write_whole(self.job.folder / layout.COST, (json.dumps(cost) + "\n").encode())
        self.outcome = Outcome(self.job, metrics, self.seconds, message)

    @contextmanager
    def logged(self) -> Iterator[None]:
        """Inside, what is logged and warned goes to the job's log alone, which is there once something was."""
        handler = _Strict(
            self.job.folder / layout.JOB_LOG, mode="a", encoding="utf-8", delay=True, errors="backslashreplace"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger = logging.getLogger("mpcl")
        logger.addHandler(handler)
        kept = logger.propagate
        logger.propagate = False
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("default")
                yield
            for warning in caught:
                self._warn(f"{warning.category.__name__}: {warning.message}")
        finally:
            logger.propagate = kept
            logger.removeHandler(handler)
            handler.close()

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            log.warning("%s", text)


class _Strict(logging.FileHandler):
    """Raises what it cannot write, where the default prints it."""

    def handleError(self, record: logging.LogRecord) -> None:
        raise


def _peak_mib(device: str) -> float | None:
    """The most memory that this process has held so far; on a GPU, that its tensors have taken there."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform != "linux":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
