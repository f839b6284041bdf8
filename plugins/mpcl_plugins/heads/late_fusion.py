"""D_pred = Σ_s a_s softmax(log D̄ + W_s LN(z_s) + b_s),  a_s = 1 / number of streams that are present.

Late, or decision-level, fusion: every stream predicts alone, and the predictions are averaged. Where no stream is
present, D_pred = D̄, the mean training distribution; each stream starts near it.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Fraction, PriorHead, StreamInfo, StreamState, check_dropout, masked_mean, near_zero


class LateFusion(PriorHead):
    """Average the predictions of the streams.

    Args:
        dropout: share of the inputs that are dropped in training.

    Raises:
        ValueError: ``dropout`` is not in [0, 1).
    """

    name = "late_fusion"

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        check_dropout(dropout)
        self.read = nn.ModuleDict(
            {
                s.name: nn.Sequential(nn.LayerNorm(dim), nn.Dropout(dropout), near_zero(nn.Linear(dim, n_outputs)))
                for s in self.streams
            }
        )

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        shares = torch.stack([(self.prior + read(streams[name].z)).softmax(-1) for name, read in self.read.items()], -2)
        present = torch.stack([streams[name].present for name in self.read], dim=-1)
        fallback = self.prior.softmax(-1) * ~present.any(-1, keepdim=True)
        logits = (masked_mean(shares, present) + fallback).clamp_min(torch.finfo(shares.dtype).tiny).log()
        return logits, {}
