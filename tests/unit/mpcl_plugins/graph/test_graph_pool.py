"""A head that pools emotions along the graph of the labels."""

import pytest
import torch

from mpcl_plugins.graph.graph_pool import GraphPool
from support.label_graph_heads import STREAMS, VALENCE, head
from support.states import D, K, distributions


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


@pytest.mark.parametrize(("levels", "message"), [((), "levels is empty"), ((3, 1), "the first of levels is 3, but")])
def test_bad_levels_are_refused(levels: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GraphPool(streams=STREAMS, n_outputs=K, dim=D, valence=VALENCE, levels=levels)
