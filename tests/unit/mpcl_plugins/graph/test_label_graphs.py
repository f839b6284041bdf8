"""The graph of the labels, which is made from training windows only, and the memory and heads that use it."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.graph._co_occurrence import co_occurrence
from mpcl_plugins.graph._convolution import convolve
from mpcl_plugins.graph.graph_pool import GraphPool
from mpcl_plugins.graph.label_graph import LabelGraph
from mpcl_plugins.graph.prototype_graph import PrototypeGraph
from support.gradients import gradcheck
from support.states import D, K, distributions, stream

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
VALENCE = ((0, 1, 2), (3, 4))


def memory(**parameters: object) -> PrototypeGraph:
    torch.manual_seed(0)
    return PrototypeGraph(n_outputs=K, dim=D, **parameters)  # type: ignore[arg-type]


def head(cls: type[Any], valence: tuple[tuple[int, ...], ...] | None = VALENCE) -> Any:
    torch.manual_seed(0)
    return cls(streams=STREAMS, n_outputs=K, dim=D, valence=valence)


def streams(n: int = 4) -> dict[str, StreamState]:
    return {info.name: stream(n, seed=i, per_emotion=2) for i, info in enumerate(STREAMS)}


def test_co_occurrence_equals_the_sum_over_windows() -> None:
    labels, weight = distributions(7), torch.rand(7)
    e = np.maximum(labels.numpy() - 1 / K, 0)
    A = np.zeros((K, K))
    for j in range(K):
        for m in range(K):
            if j != m:
                joint = sum(w * r[j] * r[m] for w, r in zip(weight.numpy(), e, strict=True))
                alone = [sum(w * r[i] ** 2 for w, r in zip(weight.numpy(), e, strict=True)) for i in (j, m)]
                A[j, m] = joint / np.sqrt(alone[0] * alone[1]) if joint else 0.0
    degree = A.sum(1)
    expected = np.array(
        [[A[j, m] / np.sqrt(degree[j] * degree[m]) if A[j, m] else 0 for m in range(K)] for j in range(K)]
    )
    assert A.any()
    np.testing.assert_allclose(co_occurrence(labels, weight), expected, atol=1e-5)


def test_windows_of_weight_zero_and_copies_of_windows_have_no_influence() -> None:
    labels = distributions(7)
    weight = torch.tensor([1.0, 2.0, 1.0, 0.0, 0.0, 1.0, 1.0])
    A = co_occurrence(labels, weight)
    torch.testing.assert_close(co_occurrence(labels[weight > 0], weight[weight > 0]), A)
    torch.testing.assert_close(co_occurrence(labels.repeat(3, 1), weight.repeat(3)), A)


def test_an_emotion_that_never_stands_out_has_no_edge() -> None:
    labels = torch.tensor([[0.5, 0.4, 0.05, 0.05, 0.0], [0.1, 0.4, 0.5, 0.0, 0.0]])
    A = co_occurrence(labels, torch.ones(2))
    assert A.isfinite().all()
    assert (A > 0).nonzero().tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]


@pytest.mark.parametrize("build", [memory, lambda: head(LabelGraph), lambda: head(GraphPool)])
def test_the_graph_is_a_buffer_that_only_observe_fills(build: type) -> None:
    component: Any = build()
    assert "graph" in dict(component.named_buffers())
    assert "graph" in component.state_dict()
    before = component.graph.clone()
    labels, weight = distributions(9), torch.ones(9)
    component.train()
    if isinstance(component, PrototypeGraph):
        component(torch.randn(3, D))
        assert component.updated(torch.randn(9, D), labels, weight) == {}
    else:
        component(streams())
    assert torch.equal(component.graph, before)
    component.observe(labels, weight)
    torch.testing.assert_close(component.graph, co_occurrence(labels, weight))


@pytest.mark.parametrize("bias", [True, False])
def test_a_convolution_equals_that_of_torch_geometric(bias: bool) -> None:
    from torch_geometric.nn import DenseGraphConv

    conv, X, A = DenseGraphConv(D, 6, bias=bias), torch.randn(K, 3, D), torch.rand(K, K)
    expected = conv(X.transpose(0, 1), A).transpose(0, 1)
    torch.testing.assert_close(convolve(conv, X, A), expected)
    torch.testing.assert_close(convolve(conv, X[:, 0], A), expected[:, 0])


@pytest.mark.parametrize("per_emotion", [1, 2])
def test_prototypes_are_the_graph_convolution_of_the_bank(per_emotion: int) -> None:
    made = memory(per_emotion=per_emotion)
    torch.testing.assert_close(made.refine.lin_root.weight, torch.eye(D))
    made.observe(distributions(9), torch.ones(9))
    for j in range(K):
        for m in range(per_emotion):
            neighbours = sum((made.graph[j, i] * made.bank[i, m] for i in range(K)), torch.zeros(D))
            expected = made.bank[j, m] + made.refine.lin_rel(neighbours)
            torch.testing.assert_close(made.prototypes[j, m], expected, atol=1e-5, rtol=1e-4)
    assert made.prototypes.shape == (K, per_emotion, D)


def test_without_a_graph_it_is_a_prototype_bank() -> None:
    from mpcl_plugins.memories.prototype_bank import PrototypeBank

    made, z = memory(tau=0.2), torch.randn(4, D)
    made.graph.zero_()
    plain = PrototypeBank(n_outputs=K, dim=D, tau=0.2)
    plain.prototypes.data.copy_(made.bank)
    for ours, theirs in zip(made(z), plain(z), strict=True):
        torch.testing.assert_close(ours, theirs)
    pure, plain = memory(tau=0.2, residual=False), PrototypeBank(n_outputs=K, dim=D, tau=0.2, residual=False)
    pure.graph.zero_()
    plain.prototypes.data.copy_(pure.bank)
    torch.testing.assert_close(pure(z).enriched, plain(z).enriched)


def test_an_emotion_changes_only_its_neighbours() -> None:
    made = memory()
    made.graph.zero_()
    made.graph[0, 1] = made.graph[1, 0] = 1.0
    made.prototypes[0].sum().backward()
    assert made.bank.grad is not None
    assert made.bank.grad.flatten(1).any(1).tolist() == [True, True, False, False, False]


@pytest.mark.parametrize("cls", [LabelGraph, GraphPool])
def test_a_head_starts_near_the_training_mean(cls: type) -> None:
    made, labels = head(cls), distributions(9)
    weight = torch.rand(9)
    made.observe(labels, weight)
    D_pred = made(streams())[0].softmax(-1)
    torch.testing.assert_close(D_pred, ((weight / weight.sum()) @ labels).expand(4, K), atol=0.03, rtol=0.0)


@pytest.mark.parametrize("valence", [VALENCE, None], ids=["valence", "free"])
def test_pooling_preserves_the_sum_of_the_edges(valence: tuple[tuple[int, ...], ...] | None) -> None:
    made = head(GraphPool, valence)
    made.observe(distributions(9), torch.ones(9))
    H, A = torch.randn(3, K, D), made.graph.unsqueeze(0)
    first, second = made.pools
    pooled, edges = first(H, A)
    torch.testing.assert_close(edges.sum((-1, -2)), A.sum((-1, -2)).expand(len(edges)))
    embedded = torch.nn.functional.gelu(first.embed(H, A))
    torch.testing.assert_close(pooled.sum(1), embedded.sum(1), atol=1e-5, rtol=1e-4)
    if valence:
        torch.testing.assert_close(pooled, torch.stack([embedded[:, list(v)].sum(1) for v in valence], 1))
        torch.testing.assert_close(edges[0, 0, 1], A[0, :3, 3:].sum())
    one, _ = second(pooled, edges)
    assert one.shape == (3, 1, D)


def test_an_emotion_of_no_valence_set_counts_evenly_for_all() -> None:
    made = head(GraphPool, ((0, 1), (3, 4)))
    assert made.pools[0].clusters.softmax(-1)[2].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("cls", "valence"), [(LabelGraph, VALENCE), (GraphPool, VALENCE), (GraphPool, None)])
def test_gradients_of_a_head(cls: type, valence: tuple[tuple[int, ...], ...] | None) -> None:
    made, given = head(cls, valence), streams(2)
    made.observe(distributions(9), torch.ones(9))

    def call(h: nn.Module, *values: Tensor) -> Tensor:
        z, weights, M = values[0::3], values[1::3], values[2::3]
        states = {
            name: StreamState({}, z[i], s.present, weights[i], z[i] + 1, M[i])
            for i, (name, s) in enumerate(given.items())
        }
        return h(states)[0]  # type: ignore[no-any-return]

    inputs = [x for s in given.values() for x in (s.z, s.weights, s.prototypes) if x is not None]
    assert gradcheck(made, call, *inputs)


def test_gradients_of_the_memory() -> None:
    made = memory(per_emotion=2)
    made.observe(distributions(9), torch.ones(9))
    assert gradcheck(made, lambda m, z: m(z).enriched, torch.randn(2, D))
    assert gradcheck(made, lambda m, z: m(z).weights, torch.randn(2, D))


@pytest.mark.parametrize(("levels", "message"), [((), "levels is empty"), ((3, 1), "the first of levels is 3, but")])
def test_bad_levels_are_refused(levels: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GraphPool(streams=STREAMS, n_outputs=K, dim=D, valence=VALENCE, levels=levels)
