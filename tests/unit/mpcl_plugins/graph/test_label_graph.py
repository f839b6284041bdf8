"""The graph of the labels, which is made from training windows only, and the memory and heads that use it."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.data import StreamState
from mpcl_plugins.graph._co_occurrence import co_occurrence
from mpcl_plugins.graph.graph_pool import GraphPool
from mpcl_plugins.graph.label_graph import LabelGraph
from mpcl_plugins.graph.prototype_graph import PrototypeGraph
from support.gradients import gradcheck
from support.label_graph_heads import STREAMS, VALENCE, head, memory
from support.states import D, K, distributions, stream


def streams(n: int = 4) -> dict[str, StreamState]:
    return {info.name: stream(n, seed=i, per_emotion=2) for i, info in enumerate(STREAMS)}


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


@pytest.mark.parametrize("cls", [LabelGraph, GraphPool])
def test_a_head_starts_near_the_training_mean(cls: type) -> None:
    made, labels = head(cls), distributions(9)
    weight = torch.rand(9)
    made.observe(labels, weight)
    D_pred = made(streams())[0].softmax(-1)
    torch.testing.assert_close(D_pred, ((weight / weight.sum()) @ labels).expand(4, K), atol=0.03, rtol=0.0)


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
