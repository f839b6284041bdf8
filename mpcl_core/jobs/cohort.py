"""Runs jobs of one variant together in this process: what they learn, they learn as one stacked network.

Some are at work at a time; where one has ended, the next takes its place. It is the same science as running them alone:
each has its own rows, order, stopping and checkpoint, and a member that fails takes no other with it. Only the masks of
dropout differ, which are drawn for all members at once.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.interfaces.errors import FAULTS, is_full
from mpcl_core.jobs.execution import JobExecution, Metrics, Outcome
from mpcl_core.jobs.job import Course, RunContext, Running, run_job
from mpcl_core.training.randomness import RandomState, deterministic
from mpcl_core.training.stacked import StackedNetworks, used
from mpcl_core.training.trainer import StepRequest, StepResult
from mpcl_core.training.window_store import WindowStore

log = logging.getLogger("mpcl.job")


@dataclass(frozen=True)
class Assigned:
    """A job with its fold, and the fold's number."""

    job: Job
    fold: Fold
    number: int


@dataclass
class Member:
    """A job at work, and what it wants done next."""

    assigned: Assigned
    attended: JobExecution
    course: Course
    turn: StepRequest

    def go_on(self, told: StepResult) -> bool:
        """Tell it what came of its turn; whether it wants another."""
        self.attended.seconds += told.seconds
        turn = self.attended.go_on(lambda: _next(lambda: self.course.send(told)))
        self.turn = turn or self.turn
        return turn is not None


class Cohort:
    """Jobs of one variant, of which so many are at work at a time.

    Args:
        opened: the run.
        windows: the rows of the study.
        device: where the networks are trained.
        size: how many.
    """

    def __init__(self, opened: RunContext, windows: WindowSet, device: str, size: int) -> None:
        self.opened, self.windows, self.device, self.size = opened, windows, device, size
        self.store = WindowStore(torch.device(device))
        self.live: list[Member] = []
        self.outcomes: list[Outcome] = []
        self.stack: StackedNetworks | None = None
        self.names: tuple[str, ...] | None = None

    def begin(self, assigned: Assigned) -> None:
        """Have a job take part."""
        attended = JobExecution(assigned.job, assigned.number, self.device, self.size)
        made: list[Course] = []

        def start() -> StepRequest | Metrics:
            running = Running(assigned.job, self.opened, self.device, self.store)
            made.append(running.course(self.windows, assigned.fold, assigned.number))
            return _next(lambda: next(made[0]))

        if turn := attended.go_on(start):
            self.live.append(Member(assigned, attended, made[0], turn))
        else:
            self._ended(attended)

    @property
    def failed(self) -> bool:
        """Whether one has."""
        return any(outcome.error for outcome in self.outcomes)

    def round(self) -> None:
        """One turn of every member."""
        told = self._told([member.turn for member in self.live])
        going = [member.go_on(news) for member, news in zip(self.live, told, strict=True)]
        for member, goes in zip(self.live, going, strict=True):
            if not goes:
                self._ended(member.attended)
        self.live = [member for member, goes in zip(self.live, going, strict=True) if goes]

    def _told(self, turns: Sequence[StepRequest]) -> list[StepResult]:
        started = time.perf_counter()
        phases = [turn.phase for turn in turns]
        if self.stack is None or list(self.stack.phases) != phases:
            self.stack = self._stacked(turns)
        losses = self.stack.epoch([turn.learn for turn in turns]) if any(t.learn for t in turns) else [{}] * len(turns)
        found = self.stack.divergences([turn.held_out for turn in turns])
        seconds = (time.perf_counter() - started) / len(turns)
        return [StepResult(*news, seconds, len(turns)) for news in zip(losses, found, strict=True)]

    def _stacked(self, turns: Sequence[StepRequest]) -> StackedNetworks:
        for phase in self.stack.phases if self.stack else ():
            phase.settle()
        self.names = self.names or used(turns[0].phase)
        return StackedNetworks([turn.phase for turn in turns], self.names)

    def _ended(self, attended: JobExecution) -> None:
        if attended.outcome:
            self.outcomes.append(attended.outcome)


def run_together(
    opener: Callable[[], RunContext],
    assigned: Sequence[Assigned],
    windows: WindowSet,
    device: str,
    size: int,
    fail_fast: bool = False,
) -> list[Outcome]:
    """Run jobs of one variant; how they ended, in that order.

    Where what they do together fails, those that have not ended are run alone, each from what it had kept.

    Args:
        opener: opens the run in this process.
        assigned: the jobs.
        windows: the rows of their study.
        device: where the networks are trained.
        size: how many are at work at a time.
        fail_fast: begin and go on with nothing after one has failed.

    Raises:
        OSError: the disk is full.
    """
    opened, first = opener(), assigned[0]
    cohort, waiting = Cohort(opened, windows, device, size), deque(assigned)
    random = RandomState(first.job.seed, first.number, len(assigned))
    with deterministic(Running(first.job, opened, device).threads):
        try:
            while (waiting or cohort.live) and not (fail_fast and cohort.failed):
                while waiting and len(cohort.live) < size:
                    cohort.begin(waiting.popleft())
                if cohort.live:
                    with random:
                        cohort.round()
        except FAULTS as error:
            if is_full(error):
                raise
            _say(cohort.live, traceback.format_exc())
    if fail_fast and cohort.failed:
        return cohort.outcomes
    left = [*(member.assigned for member in cohort.live), *waiting]
    return cohort.outcomes + [run_job(opener, a.job, windows, a.fold, a.number, device) for a in left]


def _next(step: Callable[[], StepRequest]) -> StepRequest | Metrics:
    try:
        return step()
    except StopIteration as end:
        metrics: Metrics = end.value
        return metrics


def _say(members: Sequence[Member], trace: str) -> None:
    for member in members:
        with member.attended.logged():
            log.warning("training together failed, so this job is run alone:\n%s", trace)
