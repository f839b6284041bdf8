"""hsc against its equations written out, its valence mask, and its start at the prior."""

from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.heads.hsc import HSC
from support.gradients import gradcheck
from support.states import D, K, distributions, state

VALENCE = ((0, 3), (1, 4))  # emotion 2 is in neither
STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
SETTINGS: list[dict[str, Any]] = [
    {"valence": VALENCE},
    {"valence": None},
    {"valence": None, "levels": (3, 2, 1)},
    {"valence": VALENCE, "levels": (2,)},
    {"valence": ((0, 1), (2,), (3, 4)), "levels": (3, 1)},
]
settings = pytest.mark.parametrize("parameters", SETTINGS, ids=str)


def hsc(streams: tuple[StreamInfo, ...] = STREAMS, **parameters: Any) -> HSC:
    torch.manual_seed(0)
    return HSC(streams=streams, n_outputs=K, dim=D, **({"valence": VALENCE} | parameters))


def moved(head: HSC) -> HSC:
    with torch.no_grad():
        for p in head.parameters():
            p.add_(0.3 * torch.randn_like(p))
    return head


def written_out(head: HSC, streams: dict[str, StreamState], i: int) -> Tensor:
    """Compute the logits of window i, token by token.

    Returns:
        Logits (k).
    """
    E = []
    for k in range(K):
        token = torch.zeros(D)
        for W, name in zip(head.project, head.remembering, strict=True):
            weights, M = streams[name].weights, streams[name].prototypes
            assert weights is not None
            assert M is not None
            weighted = sum(weights[i, k, m] * M[k, m] for m in range(M.shape[1]))
            token = token + W.weight @ weighted  # type: ignore[operator]
        E.append(token)
    V = []
    for g, row in enumerate(head.assignment):
        group = range(K) if head.valence is None else head.valence[g]
        share = torch.stack([row[k] for k in group]).softmax(0)
        V.append(sum(s * E[k] for s, k in zip(share, group, strict=True)))
    levels, below = [*V], torch.stack(V)
    for gate in head.gates:
        above = torch.stack([(below @ u).softmax(0) @ below for u in gate.weight])  # type: ignore[union-attr]
        levels, below = [*levels, *above], above
    z = [streams[stream.name].z[i] for stream in head.streams]
    joined = torch.cat([*z, torch.stack(E).mean(0), *levels])
    return head.prior + head.classify(joined.unsqueeze(0))[0]  # type: ignore[no-any-return]


@settings
def test_it_equals_the_equations_written_out(parameters: dict[str, Any]) -> None:
    head, streams = moved(hsc(**parameters)), state(3, per_emotion=2).streams
    logits, _ = head(streams)
    expected = torch.stack([written_out(head, streams, i) for i in range(3)])
    assert torch.allclose(logits, expected, atol=1e-5)


def test_a_valence_token_depends_on_the_emotions_of_its_set_only() -> None:
    head, streams = moved(hsc()), state(3).streams
    assignment = head.diagnostics(streams)["assignment"]
    assert torch.allclose(assignment.sum(-1), torch.ones(2))
    assert (assignment > 0).tolist() == [[k in group for k in range(K)] for group in VALENCE]
    free = moved(hsc(valence=None)).diagnostics(streams)["assignment"]
    assert torch.allclose(free.sum(-1), torch.ones(2))
    assert (free > 0).all()


def test_gates_are_distributions_over_the_level_below() -> None:
    diagnostics = moved(hsc(valence=None, levels=(4, 3, 1))).diagnostics(state(3).streams)
    assert diagnostics["gate.1"].shape == (3, 3, 4)
    assert diagnostics["gate.2"].shape == (3, 1, 3)
    for i in (1, 2):
        assert torch.allclose(diagnostics[f"gate.{i}"].sum(-1), torch.ones(diagnostics[f"gate.{i}"].shape[:2]))


def test_a_stream_without_a_memory_contributes_only_its_embedding() -> None:
    streams = state(3).streams
    infos = (STREAMS[0], StreamInfo("behavioural", False))
    plain = StreamState({}, streams["behavioural"].z, streams["behavioural"].present)
    head = moved(hsc(infos))
    logits, _ = head({**streams, "behavioural": plain})
    assert torch.equal(logits, head(streams)[0]), "what a memory adds is not looked at"
    other = StreamState({}, plain.z + 1, plain.present)
    assert not torch.allclose(logits, head({**streams, "behavioural": other})[0])


@settings
def test_it_starts_at_the_prior(parameters: dict[str, Any]) -> None:
    head, truth = hsc(**parameters), distributions(50)
    weight = torch.rand(50)
    head.observe(truth, weight)
    prior = (truth * weight[:, None]).sum(0) / weight.sum()
    predicted = head(state(4).streams)[0].softmax(-1)
    assert torch.allclose(predicted, prior.expand(4, K), atol=0.01)
    assert torch.allclose(predicted.sum(-1), torch.ones(4))


def test_the_order_of_windows_does_not_matter() -> None:
    head, streams, order = moved(hsc()), state(4).streams, torch.tensor([2, 0, 3, 1])
    mixed = {}
    for name, s in streams.items():
        assert s.weights is not None
        assert s.enriched is not None
        weights, enriched = s.weights[order], s.enriched[order]
        mixed[name] = StreamState({}, s.z[order], s.present[order], weights, enriched, s.prototypes)
    assert torch.allclose(head(mixed)[0], head(streams)[0][order], atol=1e-6)


def test_dropout_acts_in_training_only() -> None:
    head, streams = moved(hsc(dropout=0.5)), state(3).streams
    assert not torch.equal(head(streams)[0], head(streams)[0])
    head.eval()
    assert torch.equal(head(streams)[0], head(streams)[0])


@settings
def test_gradients(parameters: dict[str, Any]) -> None:
    streams = state(2, per_emotion=2).streams

    def call(head: HSC, *values: Tensor) -> Tensor:
        parts = zip(values[::3], values[1::3], values[2::3], strict=True)
        made = {
            name: StreamState({}, z, torch.ones(2, dtype=torch.bool), weights, z, M)
            for name, (z, weights, M) in zip(streams, parts, strict=True)
        }
        return head(made)[0]  # type: ignore[no-any-return]

    inputs = [x for s in streams.values() for x in (s.z, s.weights, s.prototypes) if x is not None]
    assert gradcheck(hsc(**parameters), call, *inputs)


def test_bad_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="the first of levels is 3, but the source states 2 valence sets"):
        hsc(levels=(3, 1))
    with pytest.raises(ValueError, match="levels is empty"):
        hsc(levels=())


@pytest.mark.slow
@pytest.mark.parametrize("levels", [(2,), (2, 1), (2, 3, 1)])
def test_it_keeps_the_contract(levels: tuple[int, ...]) -> None:
    assert testing.failures(HSC, levels=levels) == {}
