"""Hierarchical Semantic Compression (MPCL, arXiv 2602.20530): from emotions to valence to one token, bottom up.

    E_k = [Σ_m α_km M_km]_s W = Σ_s Σ_m α^s_km (M^s_km W_s)          one token an emotion, from every memory s
    V_g = Σ_k S_gk E_k                                               S: softmax over k within valence set g
    T_j = Σ_g G_jg V_g,  G_j = softmax_g(u_j V_g)                    a gate, once for each further level
    h = W_h LN[z_s of each stream, mean_k E, V, T]                   logits = log D̄ + W₂ gelu(W₁ h + b₁) + b₂

W is applied to the prototypes before they are weighted, and S before they are summed, which is the same and spares
forming E for each window; one product sums the prototypes of all streams. D̄ is the mean training distribution: the head
starts near the prior.

Stated in the paper: a hierarchy that abstracts bottom-up, then a classifier of distributions. Independent
reconstruction: the levels, their assignment and gate, and the classifier.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import pad

from mpcl_core.plugin import (
    Count,
    Fraction,
    Needs,
    PriorHead,
    StreamInfo,
    StreamState,
    check_levels,
    masked_softmax,
    prior_classifier,
    remembered_streams,
)


class HSC(PriorHead):
    """Compress the weighted prototypes level by level. A stream without a memory contributes its z alone.

    Args:
        levels: sizes of the levels above the k emotions. Where the source states valence sets, the first is their
            number, and each of its tokens sums the emotions of one set; otherwise the assignment is free.
        dropout: share of the inputs and of the hidden units that are dropped in training.

    Raises:
        ValueError: ``levels`` is empty, or its first is not the number of valence sets.
    """

    name = "hsc"
    needs = Needs(memories=1)
    members: Bool[Tensor, "g k"]

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        levels: tuple[Count, ...] = (2, 1),
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        check_levels(levels, valence, flat="linear")
        self.remembering = tuple(stream.name for stream in self.streams if stream.memory)
        self.project = nn.ModuleList(nn.Linear(dim, dim, bias=False) for _ in self.remembering)
        self.register_buffer("members", _members(levels[0], n_outputs, valence), persistent=False)
        self.assignment = nn.Parameter(0.1 * torch.randn(levels[0], n_outputs))
        self.gates = nn.ModuleList(nn.Linear(dim, size, bias=False) for size in levels[1:])
        width = dim * (len(self.streams) + 1 + sum(levels))
        self.classify = prior_classifier(width, dim, n_outputs, dropout)

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        z = [streams[stream.name].z for stream in self.streams]
        tokens = torch.cat(self._levels(streams), dim=-2).flatten(-2)
        logits: Tensor = self.prior + self.classify(torch.cat([*z, tokens], dim=-1))
        return logits, {}

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return the assignment of emotions and the gates of the levels.

        Args:
            streams: the states of the streams.

        Returns:
            ``assignment`` S (g k), and ``gate.1`` … (b j g) of each further level.
        """
        _, *levels = self._levels(streams)
        gates = {f"gate.{i}": _gate(gate, levels[i - 1]) for i, gate in enumerate(self.gates, 1)}
        return {"assignment": self._assignment(), **gates}

    def _levels(self, streams: Mapping[str, StreamState]) -> list[Float[Tensor, "b _ d"]]:
        """Compute the tokens of all levels.

        Returns:
            mean_k E (b 1 d), V (b g d) and each T.
        """
        mean, V = torch.split(self._linear_levels(streams), [1, len(self.assignment)], dim=-2)
        levels = [V]
        for gate in self.gates:
            levels.append(_gate(gate, levels[-1]) @ levels[-1])
        return [mean, *levels]

    def _linear_levels(self, streams: Mapping[str, StreamState]) -> Float[Tensor, "b above d"]:
        """Compute what is linear in the emotion tokens, their mean and V, without forming the tokens.

        Returns:
            mean_k E and V (b 1+g d).
        """
        remembered = remembered_streams({name: streams[name] for name in self.remembering})
        tokens = [project(s.prototypes.flatten(0, 1)) for s, project in zip(remembered, self.project, strict=True)]
        weights = torch.cat([stream.weights.flatten(1) for stream in remembered], dim=-1)
        share = pad(self._assignment(), (0, 0, 1, 0), value=1.0 / self.n_outputs)
        counts = [stream.prototypes.shape[1] for stream in remembered]
        shares = [share.repeat_interleave(count, -1) if count > 1 else share for count in counts]
        return (weights.unsqueeze(1) * torch.cat(shares, dim=-1)) @ torch.cat(tokens)

    def _assignment(self) -> Float[Tensor, "g k"]:
        return masked_softmax(self.assignment, self.members)


def _gate(gate: nn.Module, below: Float[Tensor, "b g d"]) -> Float[Tensor, "b j g"]:
    weights: Tensor = gate(below).mT.softmax(-1)
    return weights


def _members(size: int, k: int, valence: tuple[tuple[int, ...], ...] | None) -> Bool[Tensor, "g k"]:
    if valence is None:
        return torch.ones(size, k, dtype=torch.bool)
    return torch.tensor([[label in group for label in range(k)] for group in valence])
