"""z = W [h̄_1; …; h̄_a] + b with h̄_a the mean token of modality a, 0 where it is absent."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Fusion, Modality


class Concat(Fusion):
    """Concatenate the mean tokens of the modalities and project them: each has weights of its own."""

    name = "concat"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        self.project = nn.Linear(len(self.modalities) * dim, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        pooled = [tokens[modality.name].mean(-2) * present[modality.name].unsqueeze(-1) for modality in self.modalities]
        z: Tensor = self.project(torch.cat(pooled, dim=-1))
        return z
