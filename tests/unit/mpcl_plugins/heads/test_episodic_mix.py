"""episodic_mix against its equation."""

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.components import Head
from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.heads.episodic_mix import EpisodicMix
from mpcl_plugins.heads.linear import Linear
from support.gradients import gradcheck
from support.states import D, K, distributions, state, stream

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True), StreamInfo("plain", False))


def streams(n: int = 3) -> dict[str, StreamState]:
    made = state(n).streams
    return {**made, "plain": StreamState({}, made["behavioural"].z, made["behavioural"].present)}


def head(share: float = 0.25, recall: list[str] | None = None) -> tuple[EpisodicMix, Head]:
    torch.manual_seed(0)
    inner = Linear(streams=STREAMS, n_outputs=K, dim=D, valence=None)
    with torch.no_grad():
        inner.read[-1].weight.normal_()  # type: ignore[operator]
    mix = EpisodicMix(streams=STREAMS, n_outputs=K, dim=D, valence=None, head=inner, share=share, recall=recall)
    return mix.eval(), inner


def test_it_mixes_the_distributions() -> None:
    mix, inner = head()
    inputs = streams()
    inputs["behavioural"].present = torch.tensor([True, False, True])
    expected = []
    for i in range(3):
        own = inner(inputs)[0].softmax(-1)[i]
        present = [s for s in (inputs["physiological"], inputs["behavioural"]) if s.present[i]]
        recalled = torch.stack([s.weights[i].sum(-1) for s in present if s.weights is not None]).mean(0)
        expected.append(0.75 * own + 0.25 * recalled)
    found = mix(inputs)[0]
    assert torch.allclose(found.exp(), torch.stack(expected), atol=1e-6)
    assert torch.allclose(found.exp().sum(-1), torch.ones(3), atol=1e-6)


def test_only_the_named_memories_are_read() -> None:
    mix, inner = head(0.5, ["behavioural"])
    inputs = streams()
    weights = inputs["behavioural"].weights
    assert weights is not None
    expected = 0.5 * inner(inputs)[0].softmax(-1) + 0.5 * weights.sum(-1)
    assert torch.allclose(mix(inputs)[0].exp(), expected, atol=1e-6)


def test_without_recall_or_share_the_head_predicts() -> None:
    inputs = streams()
    alone, inner = head(0.0)
    assert torch.allclose(alone(inputs)[0].softmax(-1), inner(inputs)[0].softmax(-1), atol=1e-6)
    for name in ("physiological", "behavioural"):
        inputs[name].present = torch.zeros(3, dtype=torch.bool)
    mix, inner = head(0.5)
    assert torch.allclose(mix(inputs)[0].softmax(-1), inner(inputs)[0].softmax(-1), atol=1e-6)


def test_the_inner_head_observes_the_labels() -> None:
    mix, inner = head()
    assert inner in list(mix.modules())
    assert isinstance(inner, Linear)
    before = inner.prior.clone()
    for component in mix.modules():
        if isinstance(component, Head):
            component.observe(distributions(9), torch.ones(9))
    assert not torch.equal(before, inner.prior)


@pytest.mark.parametrize("recall", [["plain"], ["none"], []])
def test_a_stream_without_a_memory_is_refused(recall: list[str]) -> None:
    with pytest.raises(ValueError, match="the streams with a memory are physiological, behavioural"):
        head(0.5, recall)


def test_gradients() -> None:
    mix, _ = head()
    inputs = streams(2)

    def call(made: EpisodicMix, z: Tensor, scores: Tensor) -> Tensor:
        first = stream(2, seed=0)
        first = StreamState({}, z, first.present, scores.softmax(-1).unsqueeze(-1), z, first.prototypes)
        fixed = {
            name: StreamState(
                {}, s.z.to(z), s.present, *(None if v is None else v.to(z) for v in (s.weights, s.enriched))
            )
            for name, s in inputs.items()
        }
        return made({**fixed, "physiological": first})[0]  # type: ignore[no-any-return]

    assert gradcheck(mix, call, inputs["physiological"].z, torch.randn(2, K))
