"""The tokens of a primary modality read those of the others by attention: P = LN(H^e + Σ_a A_a(H^e, H^a))."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Attention, masked_cat, masked_mean


class Reading(nn.Module):
    """An attention for each auxiliary. One that is absent adds nothing; an absent primary is replaced by the mean token
    of the auxiliaries that are there.

    Args:
        primary: the modality that asks.
        auxiliaries: those that are asked.
        dim: d.
        heads: of each attention.
        dropout: share of what was read that is dropped in training.

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
        """The tokens of the primary with what they read."""
        asking = self._asking(tokens, present)
        read = [
            self.attend[name](asking, tokens[name]) * present[name][:, None, None].to(asking.dtype)
            for name in self.auxiliaries
        ]
        out: Tensor = self.norm(asking + self.dropout(torch.stack(read).sum(0)) if read else asking)
        return out

    def _asking(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b n d"]:
        asks = present[self.primary][:, None, None].to(tokens[self.primary].dtype)
        own = tokens[self.primary] * asks
        if not self.auxiliaries:
            return own
        stored, there = masked_cat([(tokens[name], present[name]) for name in self.auxiliaries])
        return own + masked_mean(stored, there).unsqueeze(-2) * (1.0 - asks)
