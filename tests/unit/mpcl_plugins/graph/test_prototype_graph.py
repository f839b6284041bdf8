"""A bank whose prototypes are refined along the graph of the labels."""

import pytest
import torch

from support.gradients import gradcheck
from support.label_graph_heads import memory
from support.states import D, K, distributions


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


def test_gradients_of_the_memory() -> None:
    made = memory(per_emotion=2)
    made.observe(distributions(9), torch.ones(9))
    assert gradcheck(made, lambda m, z: m(z).enriched, torch.randn(2, D))
    assert gradcheck(made, lambda m, z: m(z).weights, torch.randn(2, D))
