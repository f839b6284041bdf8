"""hierarchical_linear against its equation, its control and its start at the prior."""

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.heads.hierarchical_linear import HierarchicalLinear
from mpcl_plugins.heads.linear import Linear
from support.gradients import gradcheck
from support.states import D, K, distributions, state

VALENCE = ((0, 3), (1, 4))  # emotion 2 is in neither
STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))


def head(**parameters: object) -> HierarchicalLinear:
    torch.manual_seed(0)
    return HierarchicalLinear(**{"streams": STREAMS, "n_outputs": K, "dim": D, "valence": VALENCE} | parameters)  # type: ignore[arg-type]


def test_contrasts_within_a_group_are_shrunk_and_balances_are_not() -> None:
    plain, shrunk, streams = head(within=1.0), head(within=0.25), state(4).streams
    y, found = plain(streams)[0], shrunk(streams)[0]
    for group in ((0, 3), (1, 4), (2,)):
        mean = y[:, list(group)].mean(-1, keepdim=True)
        expected = mean + 0.25 * (y[:, list(group)] - mean)
        shift = (found[:, list(group)] - expected).mean(-1, keepdim=True)
        assert torch.allclose(found[:, list(group)], expected + shift, atol=1e-6)
    gaps = [(values[:, [0, 3]].mean(-1) - values[:, [1, 4]].mean(-1)) for values in (y, found)]
    assert torch.allclose(*gaps, atol=1e-6)


def test_without_shrinkage_it_is_the_linear_head() -> None:
    torch.manual_seed(0)
    linear, streams = Linear(streams=STREAMS, n_outputs=K, dim=D, valence=VALENCE), state(4).streams
    made = head(within=1.0)
    made.load_state_dict(linear.state_dict())
    assert torch.allclose(made(streams)[0].softmax(-1), linear(streams)[0].softmax(-1), atol=1e-6)


def test_without_a_valence_everything_is_shrunk_alike() -> None:
    streams = state(4).streams
    plain, shrunk = head(valence=None, within=1.0)(streams)[0], head(valence=None, within=0.5)(streams)[0]
    assert torch.allclose(shrunk, 0.5 * plain, atol=1e-6)


def test_a_random_split_has_groups_of_the_same_sizes() -> None:
    valence, drawn = head().balance, head(split="random", seed=3).balance
    assert torch.allclose(valence.trace(), drawn.trace(), atol=1e-6)
    assert not torch.allclose(valence, drawn)
    assert torch.equal(drawn, head(split="random", seed=3).balance)


def test_it_starts_at_the_prior() -> None:
    made, truth = head(), distributions(20)
    made.observe(truth, torch.ones(20))
    assert torch.allclose(made(state(3).streams)[0].softmax(-1), truth.mean(0).expand(3, K), atol=0.01)


def test_gradients() -> None:
    inputs = state(2).streams

    def call(made: HierarchicalLinear, z: Tensor, other: Tensor) -> Tensor:
        first, second = (
            StreamState({}, values, stream.present, enriched=stream.enriched)
            for values, stream in zip((z, other), inputs.values(), strict=True)
        )
        return made({"physiological": first, "behavioural": second})[0]  # type: ignore[no-any-return]

    made = head().double()
    for stream in inputs.values():
        stream.enriched = None if stream.enriched is None else stream.enriched.double()
    assert gradcheck(made, call, inputs["physiological"].z, inputs["behavioural"].z)


@pytest.mark.parametrize("split", ["valence", "random"])
def test_it_keeps_the_contract(split: str) -> None:
    assert testing.failures(HierarchicalLinear, split=split, dropout=0.2) == {}
