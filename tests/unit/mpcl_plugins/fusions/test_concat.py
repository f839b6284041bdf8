"""concat against its equation."""

import torch

from mpcl_plugins.fusions.concat import Concat
from support.fusions import fusion_of, partly_present, tokens


def test_it_projects_the_mean_tokens_of_present_modalities() -> None:
    fusion, H, present = fusion_of(Concat), tokens(), partly_present()
    pooled = [H[name].mean(1) * present[name].unsqueeze(-1) for name in H]
    expected = torch.cat(pooled, -1) @ fusion.project.weight.T + fusion.project.bias
    assert torch.allclose(fusion(H, present), expected, atol=1e-6)
