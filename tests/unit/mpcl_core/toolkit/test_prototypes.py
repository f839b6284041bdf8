"""Prototypes: their start, their weights, and the excess of an emotion."""

import pytest
import torch

from mpcl_core.toolkit.prototypes import excess_over_uniform, orthogonal_prototypes, read_prototypes


@pytest.mark.parametrize("residual", [True, False])
def test_weights_sum_to_one(residual: bool) -> None:
    recall = read_prototypes(torch.randn(4, 8), orthogonal_prototypes(3, 2, 8), tau=0.1, residual=residual)
    assert recall.weights.shape == (4, 3, 2)
    assert torch.allclose(recall.weights.sum((1, 2)), torch.ones(4))


def test_without_the_residual_embeddings_have_unit_length() -> None:
    recall = read_prototypes(torch.randn(4, 8), orthogonal_prototypes(3, 1, 8), tau=0.1, residual=False)
    assert torch.allclose(recall.enriched.norm(dim=-1), torch.ones(4), atol=1e-4)


def test_a_small_temperature_recalls_the_nearest_prototype() -> None:
    M = orthogonal_prototypes(3, 1, 8)
    recall = read_prototypes(M[1] + 0.1 * M[2], M, tau=1e-3, residual=False)
    assert torch.allclose(recall.enriched, M[1], atol=1e-4)


def test_uniform_distributions_have_no_excess() -> None:
    assert not excess_over_uniform(torch.full((2, 4), 0.25)).any()
