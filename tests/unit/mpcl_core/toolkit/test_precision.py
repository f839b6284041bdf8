"""Losses stay in float32 where the network runs in mixed precision."""

import torch

from mpcl_core.toolkit.precision import at_least_float32, full_precision


def test_products_are_exact_within_mixed_precision() -> None:
    x = torch.ones(2, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert (x @ x).dtype == torch.bfloat16
        with full_precision(x):
            assert (x @ x).dtype == torch.float32


def test_more_exact_tensors_stay() -> None:
    assert at_least_float32(torch.ones(1, dtype=torch.bfloat16)).dtype == torch.float32
    x = torch.ones(1, dtype=torch.float64)
    assert at_least_float32(x) is x
