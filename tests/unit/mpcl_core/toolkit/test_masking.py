"""Masked mathematics: empty masks, gradients, and use under torch.func.vmap."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mpcl_core.toolkit.masking import (
    expand_per_token,
    masked_cat,
    masked_mean,
    masked_softmax,
    normalise,
    weighted_mean,
)

EMPTY = torch.zeros(2, 3, dtype=torch.bool)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: masked_softmax(x[..., 0], EMPTY),
        lambda x: masked_mean(x, EMPTY),
        lambda x: normalise(0 * x),
        lambda x: weighted_mean(x[:, 0, 0], torch.zeros(2)),
    ],
    ids=["masked_softmax", "masked_mean", "normalise", "weighted_mean"],
)
def test_without_entries_the_result_is_zero_and_gradients_are_finite(function: Callable[[Tensor], Tensor]) -> None:
    x = torch.randn(2, 3, 4, requires_grad=True)
    result = function(x)
    (gradient,) = torch.autograd.grad(result.sum(), x)
    assert not result.any()
    assert gradient.isfinite().all()


def test_masked_entries_have_no_influence() -> None:
    mask, x = torch.tensor([[True, False, True]]), torch.randn(1, 3, 4)
    other = torch.where(mask.unsqueeze(-1), x, 99.0)
    assert torch.equal(masked_mean(x, mask), masked_mean(other, mask))
    assert torch.equal(masked_softmax(x[..., 0], mask), masked_softmax(other[..., 0], mask))


def test_functions_work_under_vmap() -> None:
    x, mask = torch.randn(5, 2, 3, 4), torch.rand(5, 2, 3) > 0.5
    stacked = torch.func.vmap(masked_mean)(x, mask)
    assert torch.allclose(stacked, torch.stack([masked_mean(*each) for each in zip(x, mask, strict=True)]))
    weights = torch.func.vmap(masked_softmax)(x[..., 0], mask)
    assert torch.allclose(weights.sum(-1), mask.any(-1).float())


def test_concatenated_tokens_are_zero_where_a_modality_is_absent() -> None:
    eeg, face = torch.randn(2, 3, 4), torch.randn(2, 1, 4)
    tokens, mask = masked_cat([(eeg, torch.tensor([True, False])), (face, torch.tensor([True, True]))])
    assert torch.equal(tokens[0], torch.cat([eeg[0], face[0]]))
    assert not tokens[1, :3].any()
    assert mask.tolist() == [[True] * 4, [False, False, False, True]]


def test_values_of_groups_are_expanded_in_order() -> None:
    values = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert expand_per_token(values, [2, 1]).tolist() == [[1, 1, 2], [3, 3, 4]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
def test_masked_scores_weigh_and_learn_as_the_lowest_number_does(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    scores, gradient = (100 * torch.randn(2, 9, 12, generator=generator)).to(dtype).unbind()
    mask = torch.rand(9, 12, generator=generator) > 0.4
    mask[0] = False
    found, expected = (scores.clone().requires_grad_() for _ in range(2))
    weights = masked_softmax(found, mask)
    filled = expected.masked_fill(~mask, torch.finfo(dtype).min).softmax(-1) * mask
    assert torch.equal(weights, filled)
    torch.autograd.backward([weights, filled], [gradient, gradient])
    assert found.grad is not None
    assert expected.grad is not None
    assert torch.equal(found.grad, expected.grad)
