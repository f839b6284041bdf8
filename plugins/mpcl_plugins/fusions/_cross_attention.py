"""The tokens of a primary modality read those of the others by attention: P = LN(H^e + Σ_a A_a(H^e, H^a))."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Attention, masked_cat, masked_mean


class PrimaryAttention(nn.Module):
    """Attend from the tokens of a primary modality to those of each auxiliary.

    An absent auxiliary adds nothing; an absent primary is replaced by the mean token of the present auxiliaries.

    Args:
        primary: the modality whose tokens are the queries.
        auxiliaries: the modalities whose tokens are read.
        dim: d.
        heads: of each attention.
        dropout: share of what the queries read that is dropped in training.

    Raises:
        ValueError: d is no multiple of ``heads``.
    """

    def __init__(self, primary: str, auxiliaries: Sequence[str], dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.primary, self.auxiliaries = primary, tuple(auxiliaries)
        self.attend: Mapping[str, nn.Module] = nn.ModuleDict(  # type: ignore[assignment]
            {name: Attention(dim, heads, dropout) for name in self.auxiliaries}
        )
        self.dropout, self.norm = nn.Dropout(dropout), nn.LayerNorm(dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b n d"]:
        """Add to the primary tokens what they read.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it.

        Returns:
            P (b n d).
        """
        query = self._query(tokens, present)
        read = [
            self.attend[name](query, tokens[name]) * present[name][:, None, None].to(query.dtype)
            for name in self.auxiliaries
        ]
        out: Tensor = self.norm(query + self.dropout(torch.stack(read).sum(0)) if read else query)
        return out

    def _query(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b n d"]:
        has_primary = present[self.primary][:, None, None].to(tokens[self.primary].dtype)
        own = tokens[self.primary] * has_primary
        if not self.auxiliaries:
            return own
        stored, mask = masked_cat([(tokens[name], present[name]) for name in self.auxiliaries])
        return own + masked_mean(stored, mask).unsqueeze(-2) * (1.0 - has_primary)
