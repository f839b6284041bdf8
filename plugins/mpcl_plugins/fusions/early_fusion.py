"""z = W₂ gelu(W₁ [H_1; …; H_a] + b₁) + b₂: all tokens of all modalities, 0 where one is absent.

The simplest fusion in which all values of all modalities interact (early, or feature-level, fusion).
"""

from collections.abc import Mapping, Sequence

from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Fraction, Fusion, Modality, check_dropout, masked_cat


class EarlyFusion(Fusion):
    """Concatenate all tokens and map them through one hidden layer.

    Args:
        dropout: share of the hidden units that are dropped in training.

    Raises:
        ValueError: ``dropout`` is not in [0, 1).
    """

    name = "early_fusion"

    def __init__(
        self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int, dropout: Fraction = 0.0
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        check_dropout(dropout)
        self.join = nn.Sequential(
            nn.Linear(sum(self.n_tokens) * dim, dim), nn.GELU(), nn.Dropout(dropout), nn.Linear(dim, dim)
        )

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        joined, _ = masked_cat([(tokens[m.name], present[m.name]) for m in self.modalities])
        z: Tensor = self.join(joined.flatten(-2))
        return z
