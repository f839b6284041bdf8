"""z = W [P_1; …; P_n] + b with P = LN(H^e + Σ_a A_a(H^e, H^a)): one modality attends to the others.

A plain fusion to compare with; HeLo (Zheng et al., ACM Multimedia 2025) joins its physiological signals this way.
"""

from collections.abc import Mapping, Sequence

from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Fusion, Modality, check_dropout
from mpcl_plugins.fusions._cross_attention import PrimaryAttention
from mpcl_plugins.fusions._token_counts import token_counts


class CrossAttention(Fusion):
    """Attend from the primary modality to each other one, and map all its tokens linearly.

    Args:
        primary: the modality whose tokens are the queries.
        heads: of each attention; d must be a multiple.
        dropout: share of what the queries read that is dropped in training.

    Raises:
        ValueError: the stream has no modality ``primary``; ``heads`` does not divide d; ``dropout`` is not in [0, 1).
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
        counts = token_counts(self.modalities, self.n_tokens, primary)
        self.read = PrimaryAttention(primary, [name for name in counts if name != primary], dim, heads, dropout)
        self.project = nn.Linear(counts[primary] * dim, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        z: Tensor = self.project(self.read(tokens, present).flatten(-2))
        return z
