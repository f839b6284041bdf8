"""Each graph component by two or three routes: as it is, in plain products, and by torch-geometric's messages.

The routes are those that `benchmarks/graph.py` times, here with few rows, with random weights, and with absent rows.
"""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

import graph

D = 8


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "B", 5)
    torch.manual_seed(0)


def moved(module: nn.Module) -> None:
    """Change all weights, so that none is zero or even."""
    with torch.no_grad():
        for p in module.parameters():
            p.add_(0.3 * torch.randn_like(p))


def agree(component: nn.Module, run: Callable[[], Tensor], other: Callable[[], Tensor]) -> None:
    """Check that outputs and the gradients of all weights agree."""
    gradient = torch.randn_like(run())
    found = []
    for route in (run, other):
        component.zero_grad()
        route().backward(gradient)
        found.append([p.grad.clone() for p in component.parameters() if p.grad is not None])
    torch.testing.assert_close(run(), other(), atol=1e-5, rtol=1e-4)
    assert len(found[0]) == len(list(component.parameters()))
    torch.testing.assert_close(*found, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("route", [graph.channels_dense, graph.channels_sparse])
@pytest.mark.parametrize("weights", ["positive", "signed"])
def test_channel_graph(weights: str, route: Callable[..., graph.Run]) -> None:
    component, x = graph.channel_graph(weights, D)
    moved(component)
    if component.signed:
        component.edges.data.sub_(1.0)
        assert (component.adjacency() < 0).any()
    agree(component, lambda: component(x), route(component, x))


@pytest.mark.parametrize("route", [graph.modalities_dense, graph.modalities_sparse])
def test_modality_graph(route: Callable[..., graph.Run]) -> None:
    component, tokens, _ = graph.modality_graph(D)
    moved(component)
    present = {
        "eeg": torch.tensor([True, True, False, False, True]),
        "ppg": torch.tensor([True, False, True, False, True]),
        "gsr": torch.tensor([True, True, False, True, False]),
    }
    agree(component, lambda: component(tokens, present), route(component, tokens, present))


def test_prototype_graph() -> None:
    component, z = graph.prototype_graph(D)
    moved(component)
    agree(component, lambda: component(z).enriched, graph.prototypes_dense(component, z))


@pytest.mark.parametrize(
    ("cls", "route"), [(graph.LabelGraph, graph.labels_dense), (graph.GraphPool, graph.pool_dense)]
)
def test_heads(cls: type, route: Callable[..., graph.Run]) -> None:
    component, inputs = graph.head(cls, D), graph.streams(D)
    moved(component)
    agree(component, lambda: component(inputs)[0], route(component, inputs))
