"""z = Σ_m α_m h_m with α = softmax(a) over the present modalities, h_m the mean token of modality m, a learned."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Component, Fusion, Modality, hookimpl, masked_softmax


class Template(Fusion):
    """Average the modalities with one learned weight each; the weights of present modalities sum to 1."""

    name = "template"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        self.score = nn.Parameter(torch.zeros(len(self.modalities)))

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        """Fuse the tokens of the modalities.

        Args:
            tokens: modality -> tokens.
            present: modality -> whether a window has it.

        Returns:
            The embedding of each window; absent modalities have weight 0.
        """
        pooled = torch.stack([tokens[modality.name].mean(-2) for modality in self.modalities], dim=-2)
        is_present = torch.stack([present[modality.name] for modality in self.modalities], dim=-1)
        alpha = masked_softmax(self.score.expand(is_present.shape), is_present)
        return (alpha.unsqueeze(-1) * pooled).sum(-2)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
