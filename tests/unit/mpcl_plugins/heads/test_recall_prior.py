"""recall_prior against its equation."""

from dataclasses import replace

import pytest
import torch

from mpcl_core.interfaces.data import StreamInfo
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.heads.recall_prior import RecallPrior
from support.states import D, K, distributions, state

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))


def head(gate: float, streams: tuple[StreamInfo, ...] = STREAMS, *, apart: bool = False) -> tuple[RecallPrior, Linear]:
    torch.manual_seed(0)
    supplied = {"streams": streams, "n_outputs": K, "dim": D, "valence": None}
    inner = Linear(**RecallPrior.supplied_to_nested(supplied, {"apart": apart}))
    made = RecallPrior(streams=streams, n_outputs=K, dim=D, valence=None, head=inner, gate=gate, apart=apart).eval()
    for each in (made, inner):
        each.observe(distributions(8), torch.ones(8))
    return made, inner


def test_with_a_gate_of_one_the_recall_takes_the_place_of_the_prior() -> None:
    made, inner = head(1.0)
    streams = state(3).streams
    streams["behavioural"].present = torch.tensor([True, False, True])
    found = made(streams)[0]
    for i in range(3):
        present = [each for each in streams.values() if each.present[i]]
        recalled = torch.stack([each.weights[i].sum(-1) for each in present if each.weights is not None]).mean(0)
        expected = inner(streams)[0][i] - inner.prior + recalled.log()
        assert torch.allclose(found[i], expected, atol=1e-5)


def test_without_a_present_memory_or_a_gate_it_is_the_head() -> None:
    streams = state(3).streams
    made, inner = head(0.0)
    assert torch.allclose(made(streams)[0], inner(streams)[0])
    made, inner = head(1.0)
    for each in streams.values():
        each.present = torch.zeros(3, dtype=torch.bool)
    assert torch.allclose(made(streams)[0], inner(streams)[0])


def test_apart_the_head_does_not_read_the_stream_that_recalls() -> None:
    plain = StreamInfo("behavioural", memory=False)
    made, inner = head(0.0, (STREAMS[0], plain), apart=True)
    streams = state(3).streams
    streams["behavioural"] = replace(streams["behavioural"], weights=None, enriched=None, prototypes=None)
    assert torch.equal(made(streams)[0], inner({"behavioural": streams["behavioural"]})[0])
    with pytest.raises(ValueError, match="apart"):
        RecallPrior(streams=STREAMS, n_outputs=K, dim=D, valence=None, head=inner, apart=True)
