"""tensor_fusion against its equation, and what it refuses."""

import pytest
import torch

from mpcl_plugins.fusions.tensor_fusion import TensorFusion
from support.fusions import COUNTS, fusion_of, partly_present, tokens


def test_it_is_the_outer_product_written_out() -> None:
    fusion, H, present = fusion_of(TensorFusion, rank=2), tokens(), partly_present()
    for window in range(4):
        u = [
            torch.cat([torch.ones(1), narrow(H[name][window].mean(0)) * present[name][window]])
            for name, narrow in zip(COUNTS, fusion.narrow, strict=True)
        ]
        product = torch.stack([a * b * c for a in u[0] for b in u[1] for c in u[2]])
        assert torch.allclose(fusion(H, present)[window], fusion.project(product), atol=1e-6)


@pytest.mark.parametrize(("rank", "message"), [(0, "rank is 0"), (99, "1000000 products")])
def test_a_rank_out_of_range_is_refused(rank: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fusion_of(TensorFusion, rank=rank)
