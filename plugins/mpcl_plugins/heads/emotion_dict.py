"""The head of EmotionDict: a mixed emotion is a weighted sum of basic elements.

    u = Σ_s a_s LN(z_s),  a = softmax_s(v · LN(z_s))     over the present streams: the modality attention
    w = softmax(W u + b)                                 the weights of the atoms
    y = √m Σ_i w_i Q_i                                   Q (m × width): the dictionary with orthonormal rows
    logits = log D̄ + W₃ (gelu(W₁ y) ⊙ σ(W₂ y)) + b₃      a gated perceptron

Liu et al., *Emotion dictionary learning with modality attentions for mixed emotion exploration*, IEEE Trans. Affective
Computing 15, 2024. Stated in the paper: 32 atoms in R¹²⁸ that are orthonormalised, weights over them, modality
attentions. Independent reconstruction: Q by QR of a learned matrix, the attention over streams, √m (weights over 32
atoms are small), the gate.

Differs from the paper: it starts near D̄, the mean training distribution. docs/results/rivals.md compares it with the
released program.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.plugin import (
    Count,
    Fraction,
    PriorHead,
    StreamInfo,
    StreamState,
    check_dropout,
    masked_softmax,
    near_zero,
)


class EmotionDict(PriorHead):
    """Predict from a weighted sum of the orthonormal atoms of a dictionary.

    Args:
        atoms: m, the number of atoms.
        width: of an atom, and of the gated perceptron.
        dropout: share of the gated units that are dropped in training.

    Raises:
        ValueError: there are more atoms than an atom is wide, or fewer than one; ``dropout`` is not in [0, 1).
    """

    name = "emotion_dict"

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
        self.score = nn.Linear(dim, 1, bias=False)
        self.weigh = nn.Linear(dim, atoms)
        self.raw = nn.Parameter(nn.init.orthogonal_(torch.empty(width, atoms)))
        self.content, self.gate = nn.Linear(width, width), nn.Linear(width, width)
        self.dropout, self.read = nn.Dropout(dropout), near_zero(nn.Linear(width, n_outputs))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        Q = self.dictionary()
        w, _ = self._weights(streams)
        y = w @ Q * len(Q) ** 0.5
        h = self.dropout(gelu(self.content(y)) * self.gate(y).sigmoid())
        return self.prior + self.read(h), {}

    def dictionary(self) -> Float[Tensor, "m width"]:
        """Return Q, whose atoms are orthogonal and of unit length.

        Returns:
            The atoms (m, width).
        """
        Q: Tensor = torch.linalg.qr(self.raw).Q
        return Q.mT

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return the weights of atoms and streams.

        Args:
            streams: the states of the streams.

        Returns:
            ``atoms`` w (b m), and ``streams`` a (b s).
        """
        w, a = self._weights(streams)
        return {"atoms": w, "streams": a}

    def _weights(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b m"], Float[Tensor, "b s"]]:
        z = torch.stack([norm(streams[name].z) for name, norm in self.norms.items()], dim=-2)
        present = torch.stack([streams[name].present for name in self.norms], dim=-1)
        a = masked_softmax(self.score(z).squeeze(-1), present)
        u = (a.unsqueeze(-2) @ z).squeeze(-2)
        return self.weigh(u).softmax(-1), a
