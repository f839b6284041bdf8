"""The complete model: every parameter learns, losses stay finite, windows do not mix."""

from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import Batch, Valence
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.network_check import check_network
from mpcl_core.training.windows.device_windows import to_device
from mpcl_plugins.encoders.channel_tokens import ChannelTokens
from mpcl_plugins.encoders.conv_tokens import ConvTokens
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.fusions.msaf import MSAF
from mpcl_plugins.heads.hsc import HSC
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.episodic_bank import EpisodicBank
from mpcl_plugins.memories.prototype_bank import PrototypeBank
from mpcl_plugins.objectives.anchor import Anchor
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.objectives.prd import PRD
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.specs import block, train

LABELS = tuple(f"e{i}" for i in range(testing.K))
VALENCE = Valence(("e0", "e1", "e2"), ("e3", "e4"))
MEMORIES: list[type[NetworkComponent]] = [PrototypeBank, EmaBank, EpisodicBank]
memories = pytest.mark.parametrize("memory", MEMORIES, ids=lambda cls: cls.name)
ROWS = to_device(testing.study(), torch.device("cpu"))


def variant_spec(memory: type[NetworkComponent] = PrototypeBank, **msaf: Any) -> NetworkSpec:
    retrieval = block(Hopfield, beta=8.0)
    return NetworkSpec(
        dim=8,
        streams={
            "physiological": StreamSpec(
                {"eeg": block(ChannelTokens), "gsr": block(ConvTokens)},
                block(MSAF, primary="eeg", **msaf),
                block(memory),
            ),
            "behavioural": StreamSpec({"face": block(LinearTokens)}, block(Mean), block(memory)),
        },
        head=block(HSC),
        objectives={
            "distribution": (block(KL), 1.0),
            "prd": (block(PRD), 0.01),
            "pcl": (block(PCL, retrieval=retrieval), 0.01),
            "anchor": (block(Anchor), 0.01),
        },
        train=train(),
    )


def learner(memory: type[NetworkComponent] = PrototypeBank, **msaf: Any) -> Learner:
    torch.manual_seed(0)
    plan = variant_spec(memory, **msaf)
    made = Learner(Network(plan, testing.MODALITIES, LABELS, VALENCE), plan, testing.K)
    for component in made.modules():
        if isinstance(component, NetworkComponent):
            component.observe(ROWS.D, ROWS.weight)
    return made


def some_batch(n: int, first: int = 0) -> Batch:
    return ROWS.batch(first + torch.arange(n) * 7)


@torch.no_grad()
def remember(made: Learner, batch: Batch) -> None:
    """Update the memories as the engine does after a training step, so that they are not empty."""
    state, _ = made(batch)
    for name, bank in made.network.memories.items():
        for buffer, value in bank.updated(state.streams[name].z, batch.D, batch.weight).items():
            bank.get_buffer(buffer).copy_(value)


@memories
def test_every_parameter_gets_a_gradient(memory: type[NetworkComponent]) -> None:
    made, batch = learner(memory), some_batch(16)
    remember(made, some_batch(16, first=3))
    state, losses = made(batch)
    losses["loss"].backward()
    for name, parameter in made.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name
        assert parameter.grad.isfinite().all(), name
    assert torch.allclose(state.logits.softmax(-1).sum(-1), torch.ones(16))
    for stream in state.streams.values():
        assert torch.allclose(stream.weights.sum((1, 2)), torch.ones(16), atol=1e-6)


@pytest.mark.slow
@memories
@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("absent", [(), ("eeg",), ("face",), ("eeg", "gsr", "face")])
def test_losses_and_gradients_are_finite(absent: tuple[str, ...], n: int, memory: type[NetworkComponent]) -> None:
    made, batch = learner(memory), some_batch(n)
    for name in absent:
        batch.present[name] = torch.zeros(n, dtype=torch.bool)
        batch.X[name] = torch.zeros_like(batch.X[name])
    _, losses = made(batch)
    losses["loss"].backward()
    assert all(loss.isfinite() for loss in losses.values())
    assert all(p.grad is None or p.grad.isfinite().all() for p in made.parameters())


@memories
def test_a_prediction_does_not_depend_on_its_batch(memory: type[NetworkComponent]) -> None:
    made, batch = learner(memory), some_batch(8)
    remember(made, batch)
    made.eval()
    joint = made.network(batch.X, batch.present).logits
    order = torch.tensor([3, 1, 0, 2, 7, 5, 4, 6])
    for rows in (order[:1], order[:3], order):
        some = Batch(
            {name: x[rows] for name, x in batch.X.items()},
            {name: p[rows] for name, p in batch.present.items()},
            batch.D[rows],
            batch.weight[rows],
        )
        assert torch.allclose(made.network(some.X, some.present).logits, joint[rows], atol=1e-5)


@memories
def test_copies_can_be_trained_stacked(memory: type[NetworkComponent]) -> None:
    batch = some_batch(6)
    copies = [learner(memory).eval() for _ in range(3)]
    for copy in copies:
        with torch.no_grad():
            for p in copy.parameters():
                p.add_(0.05 * torch.randn_like(p))
    weights, buffers = torch.func.stack_module_state(copies)

    def loss(weights: dict[str, Tensor], buffers: dict[str, Tensor]) -> Tensor:
        _, losses = torch.func.functional_call(copies[0], (weights, buffers), (batch,))
        return losses["loss"]  # type: ignore[no-any-return]

    gradients, losses = torch.func.vmap(torch.func.grad_and_value(loss))(weights, buffers)
    for i, copy in enumerate(copies):
        _, alone = copy(batch)
        alone["loss"].backward()
        assert torch.allclose(losses[i], alone["loss"], atol=1e-5)
        for name, parameter in copy.named_parameters():
            assert parameter.grad is not None
            assert torch.allclose(gradients[name][i], parameter.grad, atol=1e-4), name


@memories
def test_its_shapes_can_be_checked_without_memory(memory: type[NetworkComponent]) -> None:
    size = check_network(variant_spec(memory), testing.MODALITIES, LABELS, VALENCE)
    assert size.parameters == sum(p.numel() for p in learner(memory).parameters())


def test_half_precision_is_finite() -> None:
    made, batch = learner(), some_batch(16)
    with torch.autocast("cpu", torch.bfloat16):
        _, losses = made(batch)
    losses["loss"].backward()
    assert all(loss.isfinite() and loss.dtype == torch.float32 for loss in losses.values())
    _, exact = made(batch)
    for name, loss in losses.items():
        assert loss.item() == pytest.approx(exact[name].item(), rel=0.1, abs=0.02)
