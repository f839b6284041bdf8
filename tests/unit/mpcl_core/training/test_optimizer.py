"""The optimiser: equal to torch's for one network and for several, without importing torch's compiler."""

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from mpcl_core.training.optimizer import AdamW, StackedAdamW

SHAPES = ((4, 3), (3,), ())


def parameters(seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in SHAPES]


def loss(values: list[Tensor], used: int = 3) -> Tensor:
    return sum(((value - 1).square().sum() for value in values[:used]), torch.zeros(()))


def test_steps_equal_those_of_torch() -> None:
    mine, theirs = parameters(0), parameters(0)
    ours = AdamW(mine, 0.1)
    torch_s = torch.optim.AdamW(theirs, lr=0.01, weight_decay=0.1, fused=True)
    for step in range(20):
        used = 2 if step < 10 else 3  # a parameter without a gradient is not changed, and gets one later
        for values, optimizer in ((mine, ours), (theirs, torch_s)):
            optimizer.zero_grad()
            loss(values, used).backward()  # type: ignore[no-untyped-call]
        ours.step(0.01)
        torch_s.step()
        assert all(torch.equal(one, two) for one, two in zip(mine, theirs, strict=True))


@pytest.mark.parametrize("highest", [0.1, 100.0])
def test_gradients_are_clipped_as_by_torch(highest: float) -> None:
    mine, theirs = parameters(0), parameters(0)
    ours, torch_s = AdamW(mine, 0.1), torch.optim.AdamW(theirs, lr=0.01, weight_decay=0.1, fused=True)
    for _ in range(3):
        for values in (mine, theirs):
            for value in values:
                value.grad = None
            loss(values).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(theirs, highest)
        torch_s.step()
        ours.step(0.01, highest)
        assert all(torch.equal(one, two) for one, two in zip(mine, theirs, strict=True))


def test_loaded_state_continues_the_other_optimiser() -> None:
    first, other = parameters(0), parameters(0)
    one, two = AdamW(first, 0.1), AdamW(other, 0.1)
    for _ in range(3):
        one.zero_grad()
        loss(first).backward()  # type: ignore[no-untyped-call]
        one.step(0.01)
    two.load_state_dict(one.state_dict())
    for mine, its in zip(other, first, strict=True):
        mine.data.copy_(its)
    for values, optimizer in ((first, one), (other, two)):
        optimizer.zero_grad()
        loss(values).backward()  # type: ignore[no-untyped-call]
        optimizer.step(0.02)
    assert all(torch.equal(mine, its) for mine, its in zip(other, first, strict=True))


def test_stacked_steps_equal_single_steps_and_are_written_back() -> None:
    alone, members = [parameters(seed) for seed in range(3)], [parameters(seed) for seed in range(3)]
    optimizers, own = [AdamW(values, 0.1) for values in alone], [AdamW(values, 0.1) for values in members]
    stack = StackedAdamW(own, [values[:2] for values in members])  # the loss does not depend on the third
    rates = {0: 0.01, 2: 0.02}  # the second network does not learn
    for _ in range(5):
        stack.step(sum(loss([*views]) for views in zip(*stack.parameters, strict=True)), rates)  # type: ignore[arg-type]
        for member, rate in rates.items():
            optimizers[member].zero_grad()
            loss(alone[member], 2).backward()  # type: ignore[no-untyped-call]
            optimizers[member].step(rate)
    for member, optimizer in enumerate(own):
        stack.write_back(member, optimizer)
        for mine, its in zip(members[member], alone[member], strict=True):
            torch.testing.assert_close(mine, its)
        for name, tensors in optimizer.state_dict().items():
            torch.testing.assert_close(tensors, optimizers[member].state_dict()[name])


@pytest.mark.slow
def test_training_does_not_import_the_compiler_of_torch() -> None:
    code = (
        "import sys, torch; from mpcl_core.training.optimizer import AdamW; "
        "from mpcl_core.training.randomness import deterministic; p = torch.ones(2, requires_grad=True)\n"
        "with deterministic(1): p.sum().backward(); AdamW([p], 0.1).step(0.1)\n"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_stack_of_many_networks_equals_each_by_itself() -> None:
    alone, stacked = ([parameters(seed) for seed in range(11)] for _ in range(2))
    single, own = ([AdamW(values, 0.1) for values in networks] for networks in (alone, stacked))
    stack = StackedAdamW(own, stacked)
    for step in range(3):
        rates = {member: 0.01 + 0.01 * (member % 2) for member in range(11) if member != step + 7}
        for member, rate in rates.items():
            single[member].zero_grad()
            loss(alone[member]).backward()  # type: ignore[no-untyped-call]
            single[member].step(rate, 0.5)
        stack.step(loss(stack.parameters), rates, 0.5)
    for values, others in zip(alone, stacked, strict=True):
        assert all(torch.allclose(one, two, atol=1e-6) for one, two in zip(values, others, strict=True))
