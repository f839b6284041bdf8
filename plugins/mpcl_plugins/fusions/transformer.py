"""z = mean over the present tokens of T_L(… T_1([H_1; …; H_a] + E)), with E a learned embedding of each token.

The fusion of EmotionDict (Liu et al., *Emotion dictionary learning with modality attentions for mixed emotion
exploration*, IEEE Trans. Affective Computing 15, 2024): three layers of four heads over the tokens of all modalities.

Independent reconstruction: the norm before each part of a layer, the embedding and the mean. Attention runs over the
tokens of a window, never over the windows of a batch.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Fusion, Modality, TransformerBlock, check_dropout, masked_cat, masked_mean


class Transformer(Fusion):
    """Attend among all tokens of the stream. Tokens of an absent modality do not exist.

    Args:
        layers: L.
        heads: of each attention; d must be a multiple.
        dropout: share of attention weights and of what each part adds that is dropped in training.

    Raises:
        ValueError: ``layers`` is below 1; ``heads`` does not divide d; ``dropout`` is not in [0, 1).
    """

    name = "transformer"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        layers: Count = 3,
        heads: Count = 4,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        check_dropout(dropout)
        if layers < 1:
            raise ValueError(f"layers is {layers}, but at least 1 is needed")
        self.place = nn.Parameter(torch.randn(sum(self.n_tokens), dim) * dim**-0.5)
        self.layers = nn.ModuleList(TransformerBlock(dim, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        x, mask = masked_cat([(tokens[m.name], present[m.name]) for m in self.modalities])
        x = x + self.place
        for layer in self.layers:
            x = layer(x, mask)
        return masked_mean(self.norm(x), mask)
