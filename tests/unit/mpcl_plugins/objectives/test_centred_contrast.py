"""centred_contrast against its definition."""

import pytest
import torch

from mpcl_core.interfaces.data import Batch
from mpcl_plugins.objectives.centred_contrast import CentredContrast
from support.gradients import gradcheck
from support.states import batch, state, taken


def contrast(pairing: str = "own") -> CentredContrast:
    return CentredContrast(n_outputs=5, dim=8, pairing=pairing)  # type: ignore[arg-type]


def written_out(x: torch.Tensor, y: torch.Tensor, partner: list[int]) -> float:
    x, y = ((z - z.mean(0)) / ((z.var(0, unbiased=False) + 1e-6).sqrt()) for z in (x, y))
    x, y = x / x.norm(dim=1, keepdim=True), y / y.norm(dim=1, keepdim=True)
    total = 0.0
    for a, b in ((x, y), (y, x)):
        for i, j in enumerate(partner):
            total -= 0.5 * (a[i] @ b.mT / 0.2).log_softmax(0)[j].item() / len(x)
    return total


@pytest.mark.parametrize(("pairing", "partner"), [("own", [0, 1, 2, 3]), ("other", [1, 2, 3, 0])])
def test_it_equals_the_loss_written_out(pairing: str, partner: list[int]) -> None:
    inputs = state(4)
    x, y = (stream.z for stream in inputs.streams.values())
    assert contrast(pairing)(inputs, batch(4)).item() == pytest.approx(written_out(x, y, partner), abs=1e-5)


def test_a_constant_that_all_windows_share_changes_nothing() -> None:
    inputs, moved = state(6), state(6)
    moved.streams["behavioural"].z = moved.streams["behavioural"].z + 5.0
    assert contrast()(moved, batch(6)).item() == pytest.approx(contrast()(inputs, batch(6)).item(), abs=1e-4)


@pytest.mark.parametrize("pairing", ["own", "other"])
def test_windows_that_lack_a_stream_or_a_weight_are_left_out(pairing: str) -> None:
    inputs = state(6)
    inputs.streams["behavioural"].present = torch.tensor([True, True, False, True, True, True])
    weight = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]
    expected = contrast(pairing)(taken(state(6), [0, 1, 4, 5]), batch(4))
    assert contrast(pairing)(inputs, batch(6, weight)).item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize("n", [1, 2])
def test_few_windows_and_one_stream_give_a_finite_loss(n: int) -> None:
    assert torch.isfinite(contrast()(state(n), batch(n)))
    assert contrast()(state(n, names=("only",)), batch(n)).item() == 0
    assert contrast()(state(n), batch(n, [0.0] * n)).item() == 0


def test_soft_targets_are_shared_with_trials_whose_partners_are_alike() -> None:
    inputs = state(4)
    x, y = (stream.z for stream in inputs.streams.values())
    x, y = ((z - z.mean(0)) / ((z.var(0, unbiased=False) + 1e-6).sqrt()) for z in (x, y))
    x, y = x / x.norm(dim=1, keepdim=True), y / y.norm(dim=1, keepdim=True)
    expected = 0.0
    for a, b in ((x, y), (y, x)):
        for i in range(4):
            others = [j for j in range(4) if j != i]
            target = torch.zeros(4)
            target[others] = 0.4 * (b[i] @ b[others].mT / 0.2).softmax(0)
            target[i] = 0.6
            expected -= 0.5 * float(target @ (a[i] @ b.mT / 0.2).log_softmax(0)) / 4
    soft = CentredContrast(n_outputs=5, dim=8, soft=0.4)
    assert soft(inputs, batch(4)).item() == pytest.approx(expected, abs=1e-5)
    assert soft(inputs, batch(4, [0.0, 1.0, 0.0, 0.0])).isfinite()


def test_labels_are_not_used() -> None:
    rows = batch(5)
    unknown = batch(5)
    unknown.D = torch.full_like(rows.D, torch.nan)
    assert CentredContrast.unlabelled
    assert torch.equal(contrast()(state(5), rows), contrast()(state(5), unknown))


def test_gradients() -> None:
    inputs = state(4)

    def call(module: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        inputs.streams["physiological"].z, inputs.streams["behavioural"].z = x, y
        loss: torch.Tensor = module(inputs, Batch({}, {}, x[:, :5], torch.ones(4, dtype=x.dtype)))
        return loss

    generator = torch.Generator().manual_seed(0)
    assert gradcheck(contrast(), call, *(torch.randn(4, 8, generator=generator) for _ in range(2)))
