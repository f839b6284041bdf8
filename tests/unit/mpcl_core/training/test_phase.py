"""A phase trains a network on windows, validates it, and continues from a stored state."""

import numpy as np
import pytest
import torch

from mpcl_core.training.phase import Phase, divergence
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network
from support.trainers import FOLD, learnable, trainer

WINDOWS = learnable()


def phase(**changes: object) -> Phase:
    return trainer(**changes).phase(WINDOWS.take(FOLD.train))  # type: ignore[arg-type]


def test_divergence_is_that_of_distributions_and_zero_shares_count_nothing() -> None:
    D = torch.tensor([[0.5, 0.5], [1.0, 0.0]], dtype=torch.float64)
    found = divergence(D, torch.tensor([[0.0, np.log(3.0)], [0.0, 0.0]]))
    expected = [0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75), np.log(2)]
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_epoch_takes_every_window_once() -> None:
    made = phase(batch_size=32)
    positions = torch.cat(made.shuffled_positions())
    assert sorted(positions.tolist()) == list(range(len(FOLD.train)))
    losses = made.train_epoch()
    assert made.epochs == 1
    assert set(losses) == {"loss", "distribution"}
    assert losses["loss"] == pytest.approx(losses["distribution"])


def test_training_lowers_the_loss_and_validation_changes_nothing() -> None:
    made = phase()
    losses = [made.train_epoch()["loss"] for _ in range(4)]
    assert losses[-1] < losses[0]
    before = made.weights()
    validation = made.validate(made.windows)
    assert validation.D_pred.shape == (len(FOLD.train), 5)
    np.testing.assert_allclose(validation.D_pred.sum(1), 1, atol=1e-9)
    assert (validation.divergences >= 0).all()
    assert all(torch.equal(value, before[name]) for name, value in made.weights().items())


def test_weights_are_copies_that_can_be_restored() -> None:
    made = phase()
    before = made.weights()
    made.train_epoch()
    assert any(not torch.equal(value, before[name]) for name, value in made.weights().items())
    made.restore(before)
    assert all(torch.equal(value, before[name]) for name, value in made.weights().items())


def test_state_of_another_phase_is_continued_bit_by_bit() -> None:
    first, second = phase(modality_dropout=0.3), phase(modality_dropout=0.3)
    first.train_epoch()
    second.load_state_dict(first.state_dict())
    assert second.epochs == 1
    assert first.train_epoch() == second.train_epoch()
    assert all(torch.equal(value, second.weights()[name]) for name, value in first.weights().items())


@pytest.mark.parametrize("use", ["SGD", "Adam"])
def test_optimizer_of_torch_learns_and_continues_bit_by_bit(use: str) -> None:
    first, second = (phase(optimizer={"use": use}, lr=0.02, schedule="linear", epochs=4) for _ in range(2))
    before = first.train_epoch()
    second.load_state_dict(first.state_dict())
    assert first.train_epoch() == second.train_epoch()
    assert first.train_epoch()["loss"] < before["loss"]


def test_adam_of_torch_with_decoupled_decay_is_the_default() -> None:
    own, torch_s = phase(), phase(optimizer={"use": "AdamW"})
    assert own.train_epoch() == pytest.approx(torch_s.train_epoch())
    for name, value in own.weights().items():
        torch.testing.assert_close(value, torch_s.weights()[name])


def test_accumulated_batches_are_one_batch() -> None:
    n = len(FOLD.train) // 4 * 4
    windows = WINDOWS.take(FOLD.train[:n])
    whole, parts = (
        trainer(batch_size=size, accumulate=number, optimizer={"use": "SGD"}, clip=1e9).phase(windows)
        for size, number in ((n // 2, 1), (n // 4, 2))
    )
    assert len(parts.shuffled_positions()) == 4
    whole.shuffled_positions()  # draws as many random numbers
    whole.train_epoch()
    parts.train_epoch()
    for name, value in whole.weights().items():
        torch.testing.assert_close(value, parts.weights()[name])


def test_last_step_of_an_epoch_takes_the_batches_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    made = phase(batch_size=16, accumulate=3)
    steps: list[float] = []
    monkeypatch.setattr(made.optimizer, "step", lambda rate, clip: steps.append(rate))
    made.train_epoch()
    assert len(steps) == -(-len(made.shuffled_positions()) // 3)


def test_rate_depends_on_the_schedule() -> None:
    assert phase(lr=0.01).learning_rate(0.5) == 0.01
    cycle = phase(lr=0.01, schedule="one_cycle", epochs=10)
    rates = [cycle.learning_rate(done) for done in (0.1, 3.0, 9.9)]
    assert rates[0] < rates[1] > rates[2]


def test_modalities_are_dropped_in_training_only_and_never_all() -> None:
    made = phase(modality_dropout=0.9)
    batch = made.batch(torch.arange(64))
    assert torch.stack(list(batch.present.values())).any(0).all()
    whole = phase().batch(torch.arange(64))
    assert sum(int(mask.sum()) for mask in batch.present.values()) < sum(
        int(mask.sum()) for mask in whole.present.values()
    )


def test_trained_network_predicts_as_the_phase_validates() -> None:
    made = phase()
    made.train_epoch()
    trained = made.trained_network(1)
    assert trained.epochs == 1
    D_pred = trained.predict(trained.prepare(WINDOWS.take(FOLD.train)))
    np.testing.assert_allclose(D_pred, made.validate(made.windows).D_pred, atol=1e-6)
    assert [type(transform) for transform in trained.transforms] == [block(ZScore).cls]
    assert network().dim == 8
