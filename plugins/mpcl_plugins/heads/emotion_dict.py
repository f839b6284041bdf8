"""EmotionDict's head (Liu et al., *Emotion dictionary learning with modality attentions for mixed emotion exploration*,
IEEE Trans. Affective Computing 15, 2024): a mixed emotion is a weighted sum of basic elements.

    u = Σ_s a_s LN(z_s),  a = softmax_s(v · LN(z_s))     over the streams that are there: the modality attention
    w = softmax(W u + b)                                 the weights of the atoms
    y = √m Σ_i w_i Q_i                                   Q (m × width): the dictionary with orthonormal rows
    logits = log D̄ + W₃ (gelu(W₁ y) ⊙ σ(W₂ y)) + b₃      a gated perceptron

Stated in the paper: 32 atoms in R¹²⁸ that are orthonormalised, weights over them, modality attentions. Independent
reconstruction: Q by QR of a learned matrix, the attention over streams, √m (weights over 32 atoms are small), the gate.

Differs from the paper: it starts near D̄, the mean training distribution. What the released program does otherwise,
and why that is not the form here, stands in docs/results/rivals.md.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.plugin import (
    Count,
    Fraction,
    Head,
    StreamInfo,
    StreamState,
    check_dropout,
    log_prior,
    masked_softmax,
    near_zero,
)


class EmotionDict(Head):
    """A dictionary of orthonormal atoms.

    Args:
        atoms: m, how many.
        width: of an atom, and of the gated perceptron.
        dropout: share of the gated units that are dropped in training.

    Raises:
        ValueError: there are more atoms than an atom is wide, or fewer than one; ``dropout`` is no share.
    """

    name = "emotion_dict"
    prior: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        atoms: Count = 32,
        width: Count = 128,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        check_dropout(dropout)
        if not 1 <= atoms <= width:
            raise ValueError(f"{atoms} atoms cannot be orthonormal in a width of {width}")
        self.norms = nn.ModuleDict({stream.name: nn.LayerNorm(dim) for stream in self.streams})
        self.ask = nn.Linear(dim, 1, bias=False)
        self.weigh = nn.Linear(dim, atoms)
        self.raw = nn.Parameter(nn.init.orthogonal_(torch.empty(width, atoms)))
        self.content, self.gate = nn.Linear(width, width), nn.Linear(width, width)
        self.dropout, self.read = nn.Dropout(dropout), near_zero(nn.Linear(width, n_outputs))
        self.register_buffer("prior", torch.zeros(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.prior.copy_(log_prior(D, weight))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        Q = self.dictionary()
        w, _ = self._weights(streams)
        y = w @ Q * len(Q) ** 0.5
        h = self.dropout(gelu(self.content(y)) * self.gate(y).sigmoid())
        return self.prior + self.read(h), {}

    def dictionary(self) -> Float[Tensor, "m width"]:
        """Q: atoms at right angles, of unit length."""
        Q: Tensor = torch.linalg.qr(self.raw).Q
        return Q.mT

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """``atoms`` w (b m), and ``streams`` a (b s)."""
        w, a = self._weights(streams)
        return {"atoms": w, "streams": a}

    def _weights(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b m"], Float[Tensor, "b s"]]:
        z = torch.stack([norm(streams[name].z) for name, norm in self.norms.items()], dim=-2)
        there = torch.stack([streams[name].present for name in self.norms], dim=-1)
        a = masked_softmax(self.ask(z).squeeze(-1), there)
        u = (a.unsqueeze(-2) @ z).squeeze(-2)
        return self.weigh(u).softmax(-1), a
