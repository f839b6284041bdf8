"""z = Σ_m α_m h_m with α = softmax(a) over the present modalities, h_m the mean token of modality m, a learned."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.interfaces.components import Component, Fusion
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.toolkit.masking import masked_softmax


class Template(Fusion):
    """A mean with one learned weight a modality. A modality that is absent gives its weight to the others."""

    name = "template"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        self.score = nn.Parameter(torch.zeros(len(self.modalities)))

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        pooled = torch.stack([tokens[modality.name].mean(-2) for modality in self.modalities], dim=-2)
        there = torch.stack([present[modality.name] for modality in self.modalities], dim=-1)
        alpha = masked_softmax(self.score.expand(there.shape), there)
        return (alpha.unsqueeze(-1) * pooled).sum(-2)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
