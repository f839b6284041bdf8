"""prd against its definition, and when it is zero and symmetric."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import State, StreamState
from mpcl_plugins.objectives.prd import PRD
from support.gradients import gradcheck
from support.states import D, K, batch, state, taken


def prd(**parameters: Any) -> PRD:
    return PRD(n_outputs=K, dim=D, **parameters)


def cosine(a: Tensor, b: Tensor) -> float:
    return float(torch.cosine_similarity(a, b, dim=0))


def softmax(scores: list[float]) -> list[float]:
    exponentials = [math.exp(s) for s in scores]
    return [e / sum(exponentials) for e in exponentials]


def divergence(p: list[float], q: list[float]) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))


def sample_relation(stream: StreamState, i: int, tau: float) -> list[float]:
    assert stream.prototypes is not None
    flat = softmax([cosine(stream.z[i], M) / tau for emotion in stream.prototypes for M in emotion])
    m = stream.prototypes.shape[1]
    return [sum(flat[k * m : (k + 1) * m]) for k in range(K)]


def prototype_relation(stream: StreamState, k: int, tau: float) -> list[float]:
    assert stream.prototypes is not None
    M = stream.prototypes.mean(1)
    return softmax([cosine(M[k], M[other]) / tau for other in range(K) if other != k])


@pytest.mark.parametrize("per_emotion", [1, 2])
@pytest.mark.parametrize("teacher", ["both", "first", "second"])
def test_the_sample_relation_equals_the_equation_written_out(per_emotion: int, teacher: str) -> None:
    inputs, rows = state(4, per_emotion=per_emotion), batch(4, [1.0, 0.0, 2.0, 1.0])
    first, second = inputs.streams.values()
    second.present = torch.tensor([True, True, True, False])
    expected = 0.0
    for i, weight in ((0, 1 / 3), (2, 2 / 3)):
        turns = {"first": [(first, second)], "second": [(second, first)]}
        for t, s in turns.get(teacher, turns["first"] + turns["second"]):
            expected += weight * divergence(sample_relation(t, i, 0.1), sample_relation(s, i, 0.2))
    assert prd(teacher=teacher)(inputs, rows).item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("per_emotion", [1, 2])
@pytest.mark.parametrize("teacher", ["both", "first", "second"])
def test_the_prototype_relation_equals_the_equation_written_out(per_emotion: int, teacher: str) -> None:
    inputs = state(3, per_emotion=per_emotion)
    first, second = inputs.streams.values()
    expected = 0.0
    for k in range(K):
        p, q = prototype_relation(first, k, 0.1), prototype_relation(second, k, 0.1)
        expected += (divergence(p, q) * (teacher != "second") + divergence(q, p) * (teacher != "first")) / K
    loss = prd(relation="prototype", teacher=teacher)(inputs, batch(3))
    assert loss.item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("relation", ["sample", "prototype"])
def test_with_equal_temperatures_it_is_symmetric_and_zero_iff_relations_agree(relation: str) -> None:
    objective, rows = prd(relation=relation, tau_teacher=0.1, tau_student=0.1), batch(4)
    inputs = state(4)
    first, second = inputs.streams.values()
    swapped = State({"a": second, "b": first}, inputs.logits)
    assert torch.allclose(objective(inputs, rows), objective(swapped, rows))
    assert objective(inputs, rows).item() > 0.01
    rotation = torch.linalg.qr(torch.randn(D, D, generator=torch.Generator().manual_seed(0))).Q
    turned = replace(first, z=3 * first.z @ rotation, prototypes=first.prototypes @ rotation)
    same = State({"a": first, "b": turned}, inputs.logits)
    assert objective(same, rows).item() == pytest.approx(0, abs=1e-5)


def test_with_different_temperatures_it_is_not_zero_where_relations_agree() -> None:
    inputs = state(4, names=("a",))
    twice = State({"a": inputs.streams["a"], "b": inputs.streams["a"]}, inputs.logits)
    assert prd()(twice, batch(4)).item() > 0.01


@pytest.mark.parametrize(("teacher", "learns"), [("first", "second"), ("second", "first"), ("both", "both")])
@pytest.mark.parametrize("relation", ["sample", "prototype"])
def test_the_teacher_gets_no_gradient(relation: str, teacher: str, learns: str) -> None:
    inputs = state(4)
    for stream in inputs.streams.values():
        assert stream.prototypes is not None
        stream.prototypes.requires_grad_()
    prd(relation=relation, teacher=teacher)(inputs, batch(4)).backward()
    moved = [s.prototypes is not None and s.prototypes.grad is not None for s in inputs.streams.values()]
    assert moved == [learns in ("first", "both"), learns in ("second", "both")]


def test_all_pairs_of_streams_with_a_memory_count() -> None:
    names, rows = ("a", "b", "c"), batch(4)
    inputs = state(4, names=names)
    inputs.streams["plain"] = StreamState({}, torch.zeros(4, D), torch.ones(4, dtype=torch.bool))
    apart = sum(
        prd()(State({x: inputs.streams[x], y: inputs.streams[y]}, inputs.logits), rows) for x, y in ("ab", "ac", "bc")
    )
    assert torch.allclose(prd()(inputs, rows), apart)


def test_windows_of_weight_zero_and_absent_windows_have_no_influence() -> None:
    inputs, rows = state(4), batch(4, [1.0, 1.0, 0.0, 1.0])
    inputs.streams["physiological"].present = torch.tensor([True, True, True, False])
    loss = prd()(inputs, rows)
    remaining = taken(inputs, [0, 1])
    assert torch.allclose(loss, prd()(remaining, batch(2)), atol=1e-6)
    assert prd()(inputs, batch(4, [0.0] * 4)).item() == 0


@pytest.mark.parametrize("relation", ["sample", "prototype"])
@pytest.mark.parametrize("n", [1, 2])
def test_it_is_finite_for_few_and_for_absent_windows(n: int, relation: str) -> None:
    inputs = state(n)
    for stream in inputs.streams.values():
        stream.z = torch.zeros(n, D).requires_grad_()
        stream.prototypes = torch.zeros(K, 1, D).requires_grad_()
    loss = prd(relation=relation)(inputs, batch(n))
    loss.backward()
    assert loss.isfinite()
    for stream in inputs.streams.values():
        assert stream.prototypes is not None
        assert stream.prototypes.grad is not None
        assert stream.prototypes.grad.isfinite().all()


@pytest.mark.parametrize("relation", ["sample", "prototype"])
@pytest.mark.parametrize("teacher", ["first", "second"])
def test_gradients(relation: str, teacher: str) -> None:
    inputs, rows = state(3, per_emotion=2), batch(3)
    rows.weight = rows.weight.double()
    fixed, other = ("physiological", "behavioural") if teacher == "first" else ("behavioural", "physiological")
    held = inputs.streams[fixed]
    assert held.prototypes is not None

    def call(objective: PRD, z: Tensor, M: Tensor) -> Tensor:
        constant = replace(held, z=held.z.double(), prototypes=held.prototypes.double())  # type: ignore[union-attr]
        learner = replace(inputs.streams[other], z=z, prototypes=M)
        pair = {fixed: constant, other: learner}
        streams = {name: pair[name] for name in inputs.streams}
        return objective(State(streams, inputs.logits), rows) + 0 * z.sum()  # type: ignore[no-any-return]

    prototypes = inputs.streams[other].prototypes
    assert prototypes is not None
    assert gradcheck(prd(relation=relation, teacher=teacher), call, inputs.streams[other].z, prototypes)


def test_it_is_exact_under_mixed_precision() -> None:
    inputs, rows = state(4), batch(4)
    exact = prd()(inputs, rows)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(prd()(inputs, rows), exact)


def test_centred_relations_ignore_what_all_windows_share() -> None:
    inputs, moved, rows = state(5), state(5), batch(5, [1.0, 1.0, 0.0, 1.0, 1.0])
    for stream in moved.streams.values():
        stream.z = stream.z + 3.0
    loss = prd(centred=True)(inputs, rows)
    assert torch.allclose(prd(centred=True)(moved, rows), loss, atol=1e-5)
    assert not torch.allclose(prd()(moved, rows), loss, atol=1e-3)
    assert torch.isfinite(prd(centred=True)(state(2), batch(2, [0.0, 0.0])))
