"""The graph of the labels, which is made from training windows only."""

import numpy as np
import torch

from mpcl_plugins.graph._co_occurrence import co_occurrence
from support.states import K, distributions


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
