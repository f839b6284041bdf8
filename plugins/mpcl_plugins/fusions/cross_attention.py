"""z = W [P_1; …; P_n] + b with P = LN(H^e + Σ_a A_a(H^e, H^a)): one modality reads the others by attention.

A plain fusion to compare with; HeLo (Zheng et al., ACM Multimedia 2025) joins its physiological signals so.
"""

from collections.abc import Mapping, Sequence

from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Fusion, Modality, check_dropout
from mpcl_plugins.fusions._cross_reading import Reading


class CrossAttention(Fusion):
    """Multi-head cross-attention from the primary modality to each other one, and a linear map of all its tokens.

    Args:
        primary: the modality whose tokens ask.
        heads: of each attention; d must be a multiple.
        dropout: share of what was read that is dropped in training.

    Raises:
        ValueError: the stream has no modality ``primary``; ``heads`` does not divide d; ``dropout`` is no share.
    """

    name = "cross_attention"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        primary: str,
        heads: Count = 4,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        check_dropout(dropout)
        counts = {modality.name: n for modality, n in zip(self.modalities, self.n_tokens, strict=True)}
        if primary not in counts:
            raise ValueError(f"primary '{primary}' is no modality of the stream, which has {', '.join(counts)}")
        self.read = Reading(primary, [name for name in counts if name != primary], dim, heads, dropout)
        self.project = nn.Linear(counts[primary] * dim, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        z: Tensor = self.project(self.read(tokens, present).flatten(-2))
        return z
