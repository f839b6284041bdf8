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
    made, given = head(), streams()
    enriched = given["physiological"].enriched
    assert enriched is not None
    parts = torch.cat([given["physiological"].z, enriched, given["behavioural"].z], -1)
    centred = parts - parts.mean(-1, keepdim=True)
    unit = centred / (parts.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    last = made.read[-1]
    assert torch.allclose(made(given)[0], unit @ last.weight.T + last.bias, atol=1e-6)  # type: ignore[operator]


def test_gradients() -> None:
    given = streams(2)
    there = given["behavioural"].present

    def call(made: Linear, z: Tensor, enriched: Tensor, other: Tensor) -> Tensor:
        first = StreamState({}, z, there, enriched=enriched)
        return made({"physiological": first, "behavioural": StreamState({}, other, there)})[0]  # type: ignore[no-any-return]

    enriched = given["physiological"].enriched
    assert enriched is not None
    assert gradcheck(head(), call, given["physiological"].z, enriched, given["behavioural"].z)
