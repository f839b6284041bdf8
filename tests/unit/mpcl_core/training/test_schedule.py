"""The schedule of the learning rate."""

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.training.optimizer import AdamW
from mpcl_core.training.schedule import learning_rate
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network


def test_a_constant_rate_is_constant() -> None:
    assert {learning_rate("constant", 0.3, done) for done in (0.0, 0.2, 1.0)} == {0.3}


def test_one_cycle_is_close_to_that_of_torch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.5, total_steps=101)
    for step in range(101):
        assert learning_rate("one_cycle", 0.5, step / 100) == pytest.approx(theirs.get_last_lr()[0], rel=0.12, abs=2e-3)
        optimizer.step()
        if step < 100:
            theirs.step()


def test_one_cycle_rises_for_30_percent_and_then_falls() -> None:
    rates = [learning_rate("one_cycle", 4e-3, done) for done in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(4e-3 / 25)
    assert int(np.argmax(rates)) == 30
    assert rates[30] == pytest.approx(4e-3)
    assert rates[-1] == pytest.approx(4e-3 / 250_000)
    assert (np.diff(rates[:31]) > 0).all()
    assert (np.diff(rates[30:]) < 0).all()


def test_cosine_and_linear_are_those_of_torch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    for step in range(11):
        assert learning_rate("cosine", 0.5, step / 10) == pytest.approx(cosine.get_last_lr()[0], abs=1e-12)
        assert learning_rate("linear", 0.5, step / 10) == pytest.approx(0.5 * (1 - step / 10))
        optimizer.step()
        cosine.step()


def test_step_and_exponential_are_those_of_torch() -> None:
    optimizers = [torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5) for _ in range(2)]
    step = torch.optim.lr_scheduler.MultiStepLR(optimizers[0], milestones=[10, 15], gamma=0.1)
    exponential = torch.optim.lr_scheduler.ExponentialLR(optimizers[1], gamma=0.01 ** (1 / 20))
    for number in range(21):
        assert learning_rate("step", 0.5, number / 20) == pytest.approx(step.get_last_lr()[0])
        assert learning_rate("exponential", 0.5, number / 20) == pytest.approx(exponential.get_last_lr()[0])
        for optimizer, theirs in zip(optimizers, (step, exponential), strict=True):
            optimizer.step()
            theirs.step()


def test_warm_up_rises_along_a_line_before_the_schedule() -> None:
    assert [learning_rate("linear", 0.5, done, 0.2) for done in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx(
        [0.0, 0.25, 0.5, 0.25, 0.0]
    )
    assert learning_rate("cosine", 0.5, 0.6, 0.2) == pytest.approx(learning_rate("cosine", 0.5, 0.5))


def test_phase_warms_up() -> None:
    trainer = Trainer(network(warm_up=0.5, epochs=2), [block(ZScore, scope="train")], (0,), "cpu")
    assert trainer.phase(testing.study()).learning_rate(0.5) == pytest.approx(0.01 / 2)


def rates(n: int, epochs: int, patch: pytest.MonkeyPatch) -> list[float]:
    """Return the rate at the end of each epoch of a phase with n windows."""
    used: list[float] = []
    step = AdamW.step
    patch.setattr(AdamW, "step", lambda self, rate, *clip: (used.append(rate), step(self, rate, *clip)))
    windows = testing.study().take(np.arange(n))
    trainer = Trainer(network(schedule="one_cycle", epochs=epochs), [block(ZScore, scope="train")], (0,), "cpu")
    phase, seen = trainer.phase(windows), []
    for _ in range(epochs):
        phase.train_epoch()
        seen.append(used[-1])
    return seen


def test_rate_of_an_epoch_does_not_depend_on_the_number_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = rates(70, 5, monkeypatch), rates(200, 5, monkeypatch)
    assert few == pytest.approx(many)
    assert few[-1] == pytest.approx(0.01 / 250_000)
