"""Describe a training as steps that it requests, so that one loop serves a single job and a cohort of jobs.

The reason stands in ``docs/concepts/unusual.md``, "Trainings as generators of step requests".
"""

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from mpcl_core.interfaces.errors import is_interruption
from mpcl_core.training.phase import Phase, Validation
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.windows.device_windows import DeviceWindows


@dataclass(frozen=True)
class StepResult:
    """Hold the losses and validation of one requested step.

    Args:
        losses: the mean of each loss over the epoch's batches; empty where no epoch was trained.
        validation: KL and prediction of each validation window; None where none were evaluated.
        seconds: the duration of the step; in a cohort, its share of the duration.
        cohort_size: how many networks were trained in the same stacked step; 1 for a job by itself.
    """

    losses: Mapping[str, float]
    validation: Validation | None
    seconds: float
    cohort_size: int = 1


@dataclass(frozen=True)
class StepRequest:
    """Describe the next step of a training: an epoch, an evaluation of validation windows, or both.

    Args:
        phase: the network and its training windows.
        train: whether an epoch is trained.
        validation: the windows to evaluate after it; None for none.
    """

    phase: Phase
    train: bool
    validation: DeviceWindows | None

    def run(self) -> StepResult:
        """Run the requested step on the phase's own network.

        Returns:
            The losses, validation and duration of the step.
        """
        started = time.perf_counter()
        with self.phase.random:
            losses = self.phase.train_epoch() if self.train else {}
            validation = self.phase.validate(self.validation) if self.validation is not None else None
        return StepResult(losses, validation, time.perf_counter() - started)


TrainingSteps = Generator[StepRequest, StepResult, TrainedNetwork]
"""A training: yields requests, is sent results, and returns the trained network."""

Returned = TypeVar("Returned")


def run_alone(steps: Generator[StepRequest, StepResult, Returned]) -> Returned:
    """Run every step that a generator requests, one after the other, each by itself.

    An error of a step is raised inside the generator, at the ``yield`` that requested the step.

    Args:
        steps: a training, or a job that contains one.

    Returns:
        What the generator returns.
    """
    try:
        request = next(steps)
        while True:
            try:
                result = request.run()
            except BaseException as error:
                if is_interruption(error):
                    raise
                request = steps.throw(error)
            else:
                request = steps.send(result)
    except StopIteration as end:
        return cast("Returned", end.value)
