"""Adjacency matrices are normalised by the degrees of their nodes."""

import torch

from mpcl_plugins.graph._adjacency import normalised_adjacency


def test_degrees_divide_both_sides() -> None:
    A = torch.tensor([[0.0, 2.0, 0.0], [2.0, 0.0, 2.0], [0.0, 2.0, 0.0]])
    expected = A / torch.sqrt(torch.tensor([2.0, 4.0, 2.0]).outer(torch.tensor([2.0, 4.0, 2.0])))
    torch.testing.assert_close(normalised_adjacency(A), expected)


def test_negative_edges_count_with_their_size() -> None:
    A = torch.tensor([[0.0, -1.0], [-1.0, 0.0]])
    torch.testing.assert_close(normalised_adjacency(A), A)


def test_node_without_edges_stays_without_and_finite() -> None:
    A = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    found = normalised_adjacency(A)
    assert found.isfinite().all()
    assert not found[2].any()


def test_eigenvalues_are_at_most_one() -> None:
    A = torch.rand(6, 6, generator=torch.Generator().manual_seed(0))
    assert torch.linalg.eigvalsh(normalised_adjacency(A + A.T)).abs().max() <= 1 + 1e-5
