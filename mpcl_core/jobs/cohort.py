"""Run a cohort: jobs of one variant whose networks are trained as one stacked network in this process.

A number of jobs run at a time; where one has ended, the next takes its place. The results are those of running each job
by itself: every job has its own windows, order, stopping and checkpoint, and a job that fails does not affect the
others. Only the masks of dropout differ, which are drawn for all networks at once. See ``docs/concepts/unusual.md``.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import is_disk_full, is_interruption
from mpcl_core.jobs.execution import FoldJob, JobExecution, JobOutcome, Metrics
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.job_runner import JobRunner, JobSteps
from mpcl_core.jobs.run_context import RunContext, RunOpener
from mpcl_core.training.phase import Phase
from mpcl_core.training.randomness import RandomState, deterministic
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.steps import StepRequest, StepResult
from mpcl_core.training.windows.window_store import WindowStore

log = logging.getLogger("mpcl.job")


@dataclass
class CohortMember:
    """Hold a running job of a cohort and the step that it requests next."""

    fold_job: FoldJob
    execution: JobExecution
    steps: JobSteps
    request: StepRequest

    def advance(self, result: StepResult) -> bool:
        """Send the job the result of its step, and run it up to its next request.

        Args:
            result: the result of the requested step.

        Returns:
            Whether the job requests another step; False where it has ended.
        """
        self.execution.seconds += result.seconds
        request = self.execution.run_part(lambda: _next_request(lambda: self.steps.send(result)))
        self.request = request or self.request
        return request is not None


class Cohort:
    """Train the networks of several jobs of one variant, a number of them at a time.

    Args:
        context: the run.
        windows: the windows of the study.
        device: where the networks are trained.
        size: how many jobs run at a time.
    """

    def __init__(self, context: RunContext, windows: WindowSet, device: str, size: int) -> None:
        self.context, self.windows, self.device, self.size = context, windows, device, size
        self.store = WindowStore(torch.device(device))
        self.members: list[CohortMember] = []
        self.outcomes: list[JobOutcome] = []
        self.stack: StackedNetworks | None = None
        self.trained_names: tuple[str, ...] | None = None

    @property
    def has_failures(self) -> bool:
        """Return whether a job has failed."""
        return any(outcome.error for outcome in self.outcomes)

    def start(self, fold_job: FoldJob) -> None:
        """Start a job, and run it up to its first request.

        Args:
            fold_job: the job.
        """
        execution = JobExecution(fold_job, self.device, self.size)
        started: list[JobSteps] = []

        def begin() -> StepRequest | Metrics:
            runner = JobRunner(fold_job, self.context, self.device, self.store)
            started.append(runner.steps(self.windows))
            return _next_request(lambda: next(started[0]))

        if request := execution.run_part(begin):
            self.members.append(CohortMember(fold_job, execution, started[0], request))
        else:
            self._add_outcome(execution)

    def step(self) -> None:
        """Run the requested step of every running job, and remove the jobs that end with it."""
        results = self._run_requests([member.request for member in self.members])
        running = [member.advance(result) for member, result in zip(self.members, results, strict=True)]
        for member, is_running in zip(self.members, running, strict=True):
            if not is_running:
                self._add_outcome(member.execution)
        self.members = [member for member, is_running in zip(self.members, running, strict=True) if is_running]

    def _run_requests(self, requests: Sequence[StepRequest]) -> list[StepResult]:
        started = time.perf_counter()
        phases = [request.phase for request in requests]
        if self.stack is None or list(self.stack.phases) != phases:
            self.stack = self._restack(phases)
        n, training = len(requests), [request.train for request in requests]
        losses = self.stack.train_epoch(training) if any(training) else [{}] * n
        validations = self.stack.validate([request.validation for request in requests])
        seconds = (time.perf_counter() - started) / n
        return [StepResult(*values, seconds, n) for values in zip(losses, validations, strict=True)]

    def _restack(self, phases: Sequence[Phase]) -> StackedNetworks:
        for phase in self.stack.phases if self.stack else ():
            phase.write_back()
            phase.write_back = _nothing  # so that nothing holds the memory of the stack that is replaced
        self.stack = None
        self.trained_names = self.trained_names or parameters_with_gradient(phases[0])
        return StackedNetworks(phases, self.trained_names)

    def _add_outcome(self, execution: JobExecution) -> None:
        if execution.outcome:
            self.outcomes.append(execution.outcome)


def run_cohort(
    opener: RunOpener,
    jobs: Sequence[FoldJob],
    windows: WindowSet,
    device: str,
    size: int,
    fail_fast: bool = False,
) -> list[JobOutcome]:
    """Run jobs of one variant as a cohort.

    Where the stacked network fails, the jobs that have not ended are run one by one, each from its checkpoint.

    Args:
        opener: opens the run in this process.
        jobs: the jobs.
        windows: the windows of their study.
        device: where the networks are trained.
        size: how many jobs run at a time.
        fail_fast: stop after the first step in which a job has failed.

    Returns:
        How the jobs ended, in the order in which they ended.

    Raises:
        OSError: the disk is full.
    """
    context, first = opener(), jobs[0]
    cohort, waiting = Cohort(context, windows, device, size), deque(jobs)
    random = RandomState(*first.entropy, len(jobs))
    with deterministic(JobRunner(first, context, device).threads):
        try:
            while (waiting or cohort.members) and not (fail_fast and cohort.has_failures):
                while waiting and len(cohort.members) < size:
                    cohort.start(waiting.popleft())
                if cohort.members:
                    with random:
                        cohort.step()
        except BaseException as error:
            if is_disk_full(error) or is_interruption(error):
                raise
            _log_stack_failure(cohort.members, traceback.format_exc())
    if fail_fast and cohort.has_failures:
        return cohort.outcomes
    left = [*(member.fold_job for member in cohort.members), *waiting]
    return cohort.outcomes + [run_job(opener, each, windows, device) for each in left]


def _nothing() -> None: ...


def _next_request(advance: Callable[[], StepRequest]) -> StepRequest | Metrics:
    try:
        return advance()
    except StopIteration as end:
        metrics: Metrics = end.value
        return metrics


def _log_stack_failure(members: Sequence[CohortMember], trace: str) -> None:
    for member in members:
        with member.execution.logging_to_job():
            log.warning("training in a cohort failed, so this job is run by itself:\n%s", trace)
