"""Prototypical Co-occurrence Learning (MPCL, arXiv 2602.20530): contrast of what two streams retrieve.

The streams' representations x_i, y_i read an embedding space U and an embedding space V, and what is read is compared:

    U_x = r(x; U), U_y = r(y; U)         V_x = r(x; V), V_y = r(y; V)
    L = -τ mean_i [⟨U_xi, U_yi⟩ / τ - log Σ_{j ≠ i} exp(⟨U_xi, U_yj⟩ / τ)]  -  the same in V with anchor V_y

Retrieving before contrasting brings what co-occurs in the stored patterns into each comparison; InfoLOOB, which leaves
the positive out of the sum, does not saturate as InfoNCE does (CLOOB, Fürst et al., NeurIPS 2022). Summed over all
unordered pairs of streams with a memory. InfoLOOB can be negative: stop early on something else.

Stated in the paper: x and y retrieve from U and V through a Hopfield network; the anchor U_xi is contrasted with the
positive U_yi and the negatives U_yj, j ≠ i; symmetrically in V. Independent reconstruction: what U and V are (the
batch, as in CLOOB, or the two prototype banks), InfoLOOB, τ, and that x and y are the enriched representations.

Differs from the paper: ``exclude: same_trial`` takes windows of an anchor's trial out of its negatives.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

from mpcl_core.plugin import Batch, Needs, Objective, Positive, Retrieval, State, weighted_mean
from mpcl_plugins.objectives._precision import at_least_float32, full_precision
from mpcl_plugins.objectives._remembered import Remembered, pairs, remembered


class PCL(Objective):
    """Contrast of retrieved representations. Rows of weight 0 and rows that lack a stream are neither stored, nor
    anchors, nor negatives; without negatives the loss is 0.

    Args:
        retrieval: r; it answers with rows of unit length. β = 8 suits the batch, β = 4 the prototypes.
        memory: U and V are the x and the y of the batch, or the prototypes of the two streams.
        loss: the positive is left out of the sum, or in it.
        exclude: a row is no negative of itself; or of no row with exactly its distribution either, which are the
            windows of its trial, since they share one rating.
        inv_tau: 1/τ.
    """

    name = "pcl"
    needs = Needs(memories=2)

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        retrieval: Retrieval,
        memory: Literal["batch", "prototypes"] = "batch",
        loss: Literal["infoloob", "infonce"] = "infoloob",
        exclude: Literal["self", "same_trial"] = "self",
        inv_tau: Positive = 30.0,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.retrieval, self.memory, self.loss = retrieval, memory, loss
        self.exclude, self.inv_tau = exclude, inv_tau

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        with full_precision(batch.D):
            losses = [self._pair(first, second, batch) for first, second in pairs(state)]
        return torch.stack(losses).sum()

    def _pair(self, first: Remembered, second: Remembered, batch: Batch) -> Float[Tensor, ""]:
        counted = first.present & second.present & (batch.weight > 0)
        negatives = self._negatives(batch.D) & counted
        both = _queries([first, second])
        U_x, U_y = self.retrieval(both, *self._space(first, counted)).chunk(2)
        V_x, V_y = self.retrieval(both, *self._space(second, counted)).chunk(2)
        in_U, in_V = self._contrast(U_x, U_y, negatives), self._contrast(V_y, V_x, negatives)
        return weighted_mean(in_U + in_V, batch.weight * counted)

    @torch.no_grad()
    def diagnostics(self, state: State, batch: Batch) -> dict[str, Tensor]:
        """``<stream>.<view>`` of the retrieval (``attention``, say) from each stream's space: the rows of every stream
        ask, stream after stream. Stored are rows that have all streams.
        """
        known = remembered(state)
        counted = torch.stack([stream.present for stream in known]).all(0) & (batch.weight > 0)
        found: dict[str, Tensor] = {}
        with full_precision(batch.D):
            for stream in known:
                seen = self.retrieval.diagnostics(_queries(known), *self._space(stream, counted))
                found |= {f"{stream.name}.{name}": view for name, view in seen.items()}
        return found

    def _space(
        self, stream: Remembered, counted: Bool[Tensor, "b"]
    ) -> tuple[Float[Tensor, "s d"], Bool[Tensor, "s"] | None]:
        """What the stream's space stores, and which of it exists."""
        if self.memory == "batch":
            return at_least_float32(stream.enriched), counted
        return rearrange(at_least_float32(stream.prototypes), "k m d -> (k m) d"), None

    def _contrast(
        self, anchor: Float[Tensor, "b d"], other: Float[Tensor, "b d"], negatives: Bool[Tensor, "b b"]
    ) -> Float[Tensor, "b"]:
        """The loss of each row, × τ; 0 where it has no negatives."""
        logits = self.inv_tau * anchor @ other.mT
        summed = negatives if self.loss == "infoloob" else negatives | _diagonal(negatives)
        against = logits.masked_fill(~summed, torch.finfo(logits.dtype).min).logsumexp(-1)
        loss = (against - logits.diagonal(dim1=-2, dim2=-1)) / self.inv_tau
        return torch.where(negatives.any(-1), loss, 0.0)

    def _negatives(self, D: Float[Tensor, "b k"]) -> Bool[Tensor, "b b"]:
        """Which rows j may be negatives of row i, whether they count or not."""
        if self.exclude == "same_trial":
            return (rearrange(D, "b k -> b 1 k") != D).any(-1)
        return ~_diagonal(D)


def _queries(streams: Sequence[Remembered]) -> Float[Tensor, "q d"]:
    return torch.cat([at_least_float32(stream.enriched) for stream in streams])


def _diagonal(rows: Shaped[Tensor, "b _"]) -> Bool[Tensor, "b b"]:
    """Each row and itself."""
    return torch.eye(len(rows), dtype=torch.bool, device=rows.device)
