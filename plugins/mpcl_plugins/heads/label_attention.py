"""HeLo's head (Zheng et al., *HeLo: heterogeneous multi-modal fusion with label correlation*, ACM Multimedia 2025).

    X = reshape(W LN[z_s]_s)                          k tokens, one an emotion
    A = softmax(E W_q (X W_k)ᵀ / √(d/h) + γ R)        E (k d): a learned embedding of each label
    R_jl = cos(E_j, E_l)                              the learned correlation of labels, in [-1, 1]
    logits_j = log D̄_j + u · gelu(LN(E_j + (A X W_v W_o)_j))

The objective ``label_correlation`` brings R near the correlation of the training labels.

Stated in the paper: label embeddings whose correlation enters the attention between labels and signals. Independent
reconstruction: γ (learned, one at first), one token an emotion from all streams, and the readout.

Differs from the paper: it starts near D̄, the mean training distribution.
"""

from collections.abc import Mapping, Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.plugin import (
    Attention,
    Count,
    Fraction,
    PriorHead,
    StreamInfo,
    StreamState,
    check_dropout,
    near_zero,
    normalise,
)


class LabelAttention(PriorHead):
    """Attend from label embeddings to emotion tokens; correlated labels attend to each other's.

    For an objective it returns R as ``label_correlation``.

    Args:
        heads: h; d must be a multiple.
        dropout: share of the inputs and of what the labels read that is dropped in training.

    Raises:
        ValueError: ``heads`` does not divide d; ``dropout`` is not in [0, 1).
    """

    name = "label_attention"

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        heads: Count = 4,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        check_dropout(dropout)
        width = dim * len(self.streams)
        self.spread = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, n_outputs * dim))
        self.labels = nn.Parameter(torch.randn(n_outputs, dim) * dim**-0.5)
        self.gamma = nn.Parameter(torch.ones(()))
        self.attend = Attention(dim, heads)
        self.norm, self.dropout, self.read = nn.LayerNorm(dim), nn.Dropout(dropout), near_zero(nn.Linear(dim, 1))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        z = torch.cat([streams[stream.name].z for stream in self.streams], dim=-1)
        X = rearrange(self.spread(z), "b (k d) -> b k d", k=self.n_outputs)
        R = self._correlation()
        query = self.labels.expand(*X.shape)
        read = self.attend(query, X, bias=self.gamma * R)
        h = self.dropout(gelu(self.norm(query + read)))
        return self.prior + self.read(h).squeeze(-1), {"label_correlation": R}

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return the learned correlation of the labels.

        Args:
            streams: the states of the streams; they do not matter.

        Returns:
            ``label_correlation`` R (k k).
        """
        return {"label_correlation": self._correlation()}

    def _correlation(self) -> Float[Tensor, "k k"]:
        unit = normalise(self.labels)
        return unit @ unit.mT
