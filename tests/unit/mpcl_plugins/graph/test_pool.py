"""Nodes are pooled to stated or learned clusters."""

import torch

from mpcl_plugins.graph._pool import Pool

A = torch.ones(1, 4, 4) - torch.eye(4)


def test_stated_sets_sum_their_nodes_and_edges() -> None:
    pool = Pool(4, 2, 8, ((0, 1), (2, 3)))
    H = torch.randn(3, 4, 8)
    pooled, edges = pool(H, A)
    embedded = torch.nn.functional.gelu(pool.embed(H, A))
    torch.testing.assert_close(pooled[:, 0], embedded[:, :2].sum(1))
    torch.testing.assert_close(pooled[:, 1], embedded[:, 2:].sum(1))
    torch.testing.assert_close(edges[0], torch.tensor([[2.0, 4.0], [4.0, 2.0]]))
    assert pool.assign is None
    assert "clusters" not in pool.state_dict()


def test_node_of_no_set_counts_evenly() -> None:
    pool = Pool(3, 2, 4, ((0,), (1,)))
    torch.testing.assert_close(pool.clusters.softmax(-1), torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))


def test_clusters_are_learned_where_none_are_stated() -> None:
    pool = Pool(4, 3, 8, None)
    pooled, edges = pool(torch.randn(2, 4, 8), A)
    assert pooled.shape == (2, 3, 8)
    assert edges.shape[-2:] == (3, 3)
    assert Pool(4, 1, 8, None).assign is None
