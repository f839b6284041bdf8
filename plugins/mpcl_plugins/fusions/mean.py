"""z = mean over the present modalities of the mean of their tokens."""

from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import Fusion, masked_mean


class Mean(Fusion):
    """Average the mean tokens of the present modalities. It has no parameters."""

    name = "mean"

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        if len(self.modalities) == 1:
            name = self.modalities[0].name
            return tokens[name].mean(-2) * present[name].unsqueeze(-1)
        pooled = torch.stack([tokens[modality.name].mean(-2) for modality in self.modalities], dim=-2)
        mask = torch.stack([present[modality.name] for modality in self.modalities], dim=-1)
        return masked_mean(pooled, mask)
