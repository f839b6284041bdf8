"""Trainings as generators: results are sent, errors thrown, and the return value handed over."""

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from mpcl_core.training.steps import StepRequest, StepResult, run_alone
from support.trainers import learnable, trainer


def request(train: bool) -> StepRequest:
    return StepRequest(trainer(epochs=1).phase(learnable()), train, None)


def test_requested_epoch_is_trained_and_its_losses_are_sent_back() -> None:
    def steps() -> Generator[StepRequest, StepResult, StepResult]:
        return (yield request(train=True))

    result = run_alone(steps())
    assert set(result.losses) >= {"loss"}
    assert result.validation is None
    assert result.seconds > 0
    assert result.cohort_size == 1


def test_request_without_an_epoch_trains_nothing() -> None:
    wanted = request(train=False)
    assert wanted.run().losses == {}
    assert wanted.phase.epochs == 0


def test_error_of_a_step_is_raised_where_the_step_was_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: StepRequest) -> StepResult:
        raise RuntimeError("boom")

    monkeypatch.setattr(StepRequest, "run", fails)

    def steps() -> Generator[StepRequest, StepResult, str]:
        try:
            yield request(train=True)
        except RuntimeError as error:
            return f"handled {error}"
        return "not raised"

    assert run_alone(steps()) == "handled boom"


def test_generator_without_steps_returns_its_value() -> None:
    def steps() -> Generator[StepRequest, StepResult, Any]:
        return np.pi
        yield request(train=True)

    assert run_alone(steps()) == np.pi
