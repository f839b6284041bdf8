"""pcl against explicit double loops, and its guards."""

import math
from itertools import product
from typing import Any, Literal

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.data import Batch, State, StreamState
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.gradients import gradcheck
from support.states import D, K, batch, state, taken

SWITCHES: list[dict[str, Any]] = [
    {"memory": memory, "loss": loss, "exclude": exclude}
    for memory, loss, exclude in product(("batch", "prototypes"), ("infoloob", "infonce"), ("self", "same_trial"))
]
switches = pytest.mark.parametrize("parameters", SWITCHES, ids=lambda s: "-".join(s.values()))


def pcl(beta: float = 8.0, **parameters: Any) -> PCL:
    return PCL(n_outputs=K, dim=D, retrieval=Hopfield(dim=D, beta=beta), **parameters)


def same_labels(rows: Batch) -> Batch:
    """Give windows 0 and 2, and windows 1 and 3, one label each, as windows of two trials.

    Returns:
        The batch, changed in place.
    """
    rows.D[2], rows.D[3] = rows.D[0], rows.D[1]
    return rows


def retrieved(query: Tensor, stored: list[Tensor], beta: float) -> Tensor:
    share = [math.exp(beta * float(torch.cosine_similarity(query, s, dim=0))) for s in stored]
    mixed = torch.stack([a / sum(share) * s / s.norm() for a, s in zip(share, stored, strict=True)]).sum(0)
    found: Tensor = mixed / mixed.norm()
    return found


def written_out(given: State, rows: Batch, beta: float, inv_tau: float, **parameters: str) -> float:
    """Compute the loss of two streams, each anchor and each negative by itself.

    Returns:
        The loss.
    """
    first, second = given.streams.values()
    n = len(rows.D)
    counted = [i for i in range(n) if rows.weight[i] > 0 and first.present[i] and second.present[i]]
    x, y = first.enriched, second.enriched
    assert x is not None
    assert y is not None
    if parameters["memory"] == "batch":
        spaces = [[x[i] for i in counted], [y[i] for i in counted]]
    else:
        spaces = [list(s.prototypes.flatten(0, 1)) for s in (first, second) if s.prototypes is not None]
    U_x, U_y = ([retrieved(q, spaces[0], beta) for q in e] for e in (x, y))
    V_x, V_y = ([retrieved(q, spaces[1], beta) for q in e] for e in (x, y))
    total, weights = 0.0, 0.0
    for i in counted:
        negatives = [j for j in counted if j != i]
        if parameters["exclude"] == "same_trial":
            negatives = [j for j in negatives if rows.D[j].tolist() != rows.D[i].tolist()]
        if not negatives:
            continue
        for anchor, other in ((U_x, U_y), (V_y, V_x)):
            positive = float(anchor[i] @ other[i]) * inv_tau
            against = [math.exp(float(anchor[i] @ other[j]) * inv_tau) for j in negatives]
            if parameters["loss"] == "infonce":
                against.append(math.exp(positive))
            total -= float(rows.weight[i]) * (positive - math.log(sum(against))) / inv_tau
        weights += float(rows.weight[i])
    return total / weights if weights else 0.0


@switches
@pytest.mark.parametrize("beta", [4.0, 8.0])
def test_it_equals_the_double_loop(parameters: dict[str, Any], beta: float) -> None:
    given, rows = state(6, per_emotion=2), same_labels(batch(6, [1.0, 0.5, 2.0, 1.0, 0.0, 1.0]))
    given.streams["physiological"].present[5] = False
    for inv_tau in (5.0, 30.0):
        loss = pcl(beta, inv_tau=inv_tau, **parameters)(given, rows)
        assert loss.item() == pytest.approx(written_out(given, rows, beta, inv_tau, **parameters), abs=1e-4)


@switches
def test_windows_that_do_not_count_have_no_influence(parameters: dict[str, Any]) -> None:
    given, rows = state(5), batch(5, [1.0, 1.0, 0.0, 1.0, 1.0])
    given.streams["behavioural"].present[3] = False
    loss = pcl(**parameters)(given, rows)
    for stream in given.streams.values():
        assert stream.enriched is not None
        stream.enriched[2:4] = 1e3
    assert torch.equal(pcl(**parameters)(given, rows), loss)
    fewer = Batch({}, {}, rows.D[[0, 1, 4]], torch.ones(3))
    assert torch.allclose(pcl(**parameters)(taken(given, [0, 1, 4]), fewer), loss, atol=1e-6)


@switches
@pytest.mark.parametrize("n", [1, 2])
def test_it_is_finite_at_batch_one_and_two(parameters: dict[str, Any], n: int) -> None:
    given = state(n)
    for stream in given.streams.values():
        assert stream.enriched is not None
        stream.enriched.requires_grad_()
    loss = pcl(inv_tau=0.5, **parameters)(given, batch(n))
    torch.autograd.backward(loss)
    assert loss.isfinite()
    assert (loss == 0) == (n == 1)
    for stream in given.streams.values():
        assert stream.enriched is not None
        assert stream.enriched.grad is not None
        assert stream.enriched.grad.isfinite().all()


@switches
def test_without_an_anchor_or_a_negative_it_is_zero(parameters: dict[str, Any]) -> None:
    given = state(4)
    assert pcl(**parameters)(given, batch(4, [0.0] * 4)) == 0
    assert pcl(**parameters)(given, batch(4, [0.0, 1.0, 0.0, 0.0])) == 0
    if parameters["exclude"] == "same_trial":
        one_trial = batch(4)
        one_trial.D[:] = one_trial.D[0]
        assert pcl(**parameters)(given, one_trial) == 0
    given.streams["physiological"].present[:] = False
    assert pcl(**parameters)(given, batch(4)) == 0


@switches
def test_the_order_of_windows_does_not_matter(parameters: dict[str, Any]) -> None:
    given, rows = state(5), same_labels(batch(5, [1.0, 2.0, 1.0, 0.5, 1.0]))
    order = [3, 0, 4, 2, 1]
    mixed = Batch({}, {}, rows.D[order], rows.weight[order])
    assert torch.allclose(pcl(**parameters)(given, rows), pcl(**parameters)(taken(given, order), mixed), atol=1e-6)


def test_infoloob_can_be_negative_and_infonce_cannot() -> None:
    given = state(4)
    first, second = given.streams.values()
    first.enriched = second.enriched = torch.eye(4, D)
    assert pcl(beta=50.0)(given, batch(4)).item() < -1
    assert pcl(beta=50.0, loss="infonce")(given, batch(4)).item() >= 0


def test_all_pairs_of_streams_with_a_memory_count() -> None:
    given, rows = state(4, names=("a", "b", "c")), batch(4)
    given.streams["plain"] = StreamState({}, torch.zeros(4, D), torch.ones(4, dtype=torch.bool))
    apart = sum(
        pcl()(State({x: given.streams[x], y: given.streams[y]}, given.logits), rows) for x, y in ("ab", "ac", "bc")
    )
    assert torch.allclose(pcl()(given, rows), apart, atol=1e-6)


def test_it_is_exact_under_mixed_precision() -> None:
    given, rows = state(6), batch(6)
    exact = pcl()(given, rows)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(pcl()(given, rows), exact)
    for stream in given.streams.values():
        assert stream.enriched is not None
        stream.enriched = stream.enriched.bfloat16()
    assert pcl()(given, rows).dtype == torch.float32


@switches
def test_copies_can_be_stacked(parameters: dict[str, Any]) -> None:
    objective, rows = pcl(**parameters), same_labels(batch(5, [1.0, 0.0, 1.0, 1.0, 1.0]))
    x = torch.randn(3, 2, 5, D)
    given = state(5)

    def loss(both: Tensor) -> Tensor:
        changed = taken(given, list(range(5)))
        for stream, value in zip(changed.streams.values(), both, strict=True):
            stream.enriched = value
        return objective(changed, rows)  # type: ignore[no-any-return]

    # the rows are chosen outside, since a stack cannot look at values
    joint = torch.func.vmap(loss)(x)
    assert torch.allclose(joint, torch.stack([loss(both) for both in x]), atol=1e-5)


@switches
def test_gradients(parameters: dict[str, Any]) -> None:
    rows = same_labels(batch(5, [1.0, 0.5, 2.0, 1.0, 0.0]))
    rows.D, rows.weight = rows.D.double(), rows.weight.double()
    given = state(5, per_emotion=2)
    first, second = given.streams.values()

    def call(objective: PCL, *values: Tensor) -> Tensor:
        for stream, x, M in zip(given.streams.values(), values[:2], values[2:], strict=True):
            stream.enriched, stream.prototypes = x, M
        return objective(given, rows) + 0 * sum(v.sum() for v in values)  # type: ignore[no-any-return]

    inputs = [first.enriched, second.enriched, first.prototypes, second.prototypes]
    assert gradcheck(pcl(inv_tau=5.0, **parameters), call, *(x for x in inputs if x is not None))


@pytest.mark.parametrize("memory", ["batch", "prototypes"])
def test_diagnostics_hold_the_attention_of_every_stream_in_every_space(memory: Literal["batch", "prototypes"]) -> None:
    given, rows = state(5, per_emotion=2), batch(5, [1.0, 1.0, 0.0, 1.0, 1.0])
    given.streams["behavioural"].present[3] = False
    seen = pcl(memory=memory).diagnostics(given, rows)
    assert list(seen) == ["physiological.attention", "behavioural.attention"]
    counted = torch.tensor([True, True, False, False, True])
    for name, attention in seen.items():
        stream = given.streams[name.removesuffix(".attention")]
        assert stream.enriched is not None
        assert stream.prototypes is not None
        stored = stream.enriched if memory == "batch" else stream.prototypes.flatten(0, 1)
        for query, part in zip(given.streams.values(), torch.split(attention, 5), strict=True):
            assert query.enriched is not None
            scores = 8.0 * torch.cosine_similarity(query.enriched[:, None], stored[None], dim=-1)
            if memory == "batch":
                scores = scores.masked_fill(~counted, -torch.inf)
            assert torch.allclose(part, scores.softmax(-1), atol=1e-5)


def test_soft_positives_are_the_negatives_that_are_like_the_positive() -> None:
    given, rows = state(6), batch(6, [1.0, 0.5, 2.0, 1.0, 0.0, 1.0])
    counted = [i for i in range(6) if rows.weight[i] > 0]
    x, y = (stream.enriched for stream in given.streams.values())
    assert x is not None
    assert y is not None
    spaces = [[v[i] for i in counted] for v in (x, y)]
    (U_x, U_y), (V_x, V_y) = ([[retrieved(q, s, 8.0) for q in e] for e in (x, y)] for s in spaces)
    total = 0.0
    for i in counted:
        negatives = [j for j in counted if j != i]
        for anchor, other in ((U_x, U_y), (V_y, V_x)):
            likeness = torch.stack([5.0 * other[i] @ other[j] for j in negatives]).softmax(-1)
            logits = torch.stack([5.0 * anchor[i] @ other[j] for j in negatives])
            positive = 0.7 * 5.0 * anchor[i] @ other[i] + 0.3 * likeness @ logits
            total += float(rows.weight[i] * (logits.logsumexp(-1) - positive)) / 5.0
    expected = total / float(rows.weight.sum())
    assert pcl(inv_tau=5.0, soft=0.3)(given, rows).item() == pytest.approx(expected, abs=1e-4)


def test_centred_representations_ignore_what_all_windows_share() -> None:
    given, rows = state(5), batch(5, [1.0, 1.0, 0.0, 1.0, 1.0])
    loss = pcl(centred=True)(given, rows)
    for stream in given.streams.values():
        assert stream.enriched is not None
        stream.enriched = stream.enriched + 3.0
    assert torch.allclose(pcl(centred=True)(given, rows), loss, atol=1e-5)
    assert not torch.allclose(pcl()(given, rows), loss, atol=1e-2)


@pytest.mark.parametrize("n", [1, 2])
def test_soft_positives_are_finite_at_batch_one_and_two(n: int) -> None:
    loss = pcl(soft=0.5)(state(n), batch(n))
    assert loss.isfinite()
    assert (loss == 0) == (n == 1)


@pytest.mark.slow
@pytest.mark.parametrize("parameters", [{"soft": 0.5}, {"centred": True}], ids=["soft", "centred"])
def test_additions_keep_the_contract(parameters: dict[str, Any]) -> None:
    assert testing.failures(PCL, retrieval=Hopfield(dim=testing.D), **parameters) == {}


@pytest.mark.slow
@switches
def test_it_keeps_the_contract(parameters: dict[str, Any]) -> None:
    assert testing.failures(PCL, retrieval=Hopfield(dim=testing.D), **parameters) == {}


def test_control_pairs_each_window_with_the_next_that_counts() -> None:
    """Windows of weight 0 are skipped: 0 is paired with 2, 2 with 3 and 3 with 0."""
    given, moved, rows = state(4), state(4), batch(4, [1.0, 0.0, 2.0, 1.0])
    stream = moved.streams["behavioural"]
    assert stream.enriched is not None
    stream.enriched = stream.enriched[torch.tensor([2, 1, 3, 0])]
    expected = pcl()(moved, rows)
    assert torch.allclose(pcl(pairing="other")(given, rows), expected, atol=1e-6)
    assert not torch.allclose(pcl()(given, rows), expected)


def test_labels_are_used_only_to_leave_out_negatives_of_the_same_trial() -> None:
    unknown = Batch({}, {}, torch.full_like(batch(4).D, torch.nan), torch.ones(4))
    assert PCL.unlabelled
    assert torch.equal(pcl()(state(4), batch(4)), pcl()(state(4), unknown))
