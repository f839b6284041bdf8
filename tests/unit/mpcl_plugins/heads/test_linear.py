"""linear against its equation, and its start at the prior."""

import torch
from torch import Tensor

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.heads.linear import Linear
from support.gradients import gradcheck
from support.states import D, K, distributions, state

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", False))


def head() -> Linear:
    torch.manual_seed(0)
    return Linear(streams=STREAMS, n_outputs=K, dim=D, valence=None)


def streams(n: int = 3) -> dict[str, StreamState]:
    made = state(n).streams
    plain = made["behavioural"]
    return {**made, "behavioural": StreamState({}, plain.z, plain.present)}


def test_it_starts_at_the_prior() -> None:
    made, truth = head(), distributions(20)
    made.observe(truth, torch.ones(20))
    predicted = made(streams())[0].softmax(-1)
    assert torch.allclose(predicted, truth.mean(0).expand(3, K), atol=0.01)


def test_it_uses_embeddings_and_enriched_embeddings() -> None:
    made, inputs = head(), streams()
    enriched = inputs["physiological"].enriched
    assert enriched is not None
    parts = torch.cat([inputs["physiological"].z, enriched, inputs["behavioural"].z], -1)
    centred = parts - parts.mean(-1, keepdim=True)
    unit = centred / (parts.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    last = made.read[-1]
    assert torch.allclose(made(inputs)[0], unit @ last.weight.T + last.bias, atol=1e-6)  # type: ignore[operator]


def test_gradients() -> None:
    inputs = streams(2)
    available = inputs["behavioural"].present

    def call(made: Linear, z: Tensor, enriched: Tensor, other: Tensor) -> Tensor:
        first = StreamState({}, z, available, enriched=enriched)
        return made({"physiological": first, "behavioural": StreamState({}, other, available)})[0]  # type: ignore[no-any-return]

    enriched = inputs["physiological"].enriched
    assert enriched is not None
    assert gradcheck(head(), call, inputs["physiological"].z, enriched, inputs["behavioural"].z)
