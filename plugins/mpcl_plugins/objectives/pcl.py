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

Differs from the paper, each off by default. ``exclude: same_trial`` takes windows of an anchor's trial out of its
negatives. ``centred`` takes x_i - x̄ and y_i - ȳ, with means over the batch, in place of x_i and y_i. ``soft: s`` makes
negatives that are like the positive positives in part (after SoftCLIP, Gao et al., AAAI 2024, which softens the targets
of a contrast by the similarities within one modality), with q constant for the gradient:

    ⟨U_xi, U_yi⟩  →  (1 - s) ⟨U_xi, U_yi⟩ + s Σ_{j ≠ i} q_ij ⟨U_xi, U_yj⟩,   q_i = softmax_{j ≠ i}(⟨U_yi, U_yj⟩ / τ)
"""

from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import (
    Batch,
    Fraction,
    Needs,
    Objective,
    Positive,
    RememberedStream,
    Retrieval,
    State,
    at_least_float32,
    full_precision,
    pcl,
    remembered_streams,
)
from mpcl_plugins.objectives._centring import centred
from mpcl_plugins.objectives._pairing import Pairing, next_counted
from mpcl_plugins.objectives._pairs import sum_over_pairs


class PCL(Objective):
    """Contrast what two streams retrieve for the same window with what they retrieve for others.

    Windows of weight 0 and windows that lack a stream are neither stored, nor anchors, nor negatives; without
    negatives the loss is 0.

    Args:
        retrieval: r; it returns vectors of unit length. β = 8 suits the batch, β = 4 the prototypes.
        memory: U and V are the x and the y of the batch, or the prototypes of the two streams.
        loss: the positive is left out of the sum, or in it.
        exclude: a window is no negative of itself; or of no window with exactly its distribution either, which are
            the windows of its trial, since they share one rating. Without labels all others are negatives.
        inv_tau: 1/τ.
        pairing: ``own``, the two streams of a window belong together; ``other``, each is paired with another window of
            the batch, which is the control: what this gains is not due to what the streams share.
        soft: s, the share of the positive that negatives take which are like it; 0 for one positive.
        centred: subtract the mean of the batch from the representations.
    """

    name = "pcl"
    needs = Needs(memories=2)
    unlabelled = True

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
        pairing: Pairing = "own",
        soft: Fraction = 0.0,
        centred: bool = False,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.retrieval, self.memory, self.loss = retrieval, memory, loss
        self.exclude, self.inv_tau, self.pairing = exclude, inv_tau, pairing
        self.soft, self.centred = soft, centred

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        return sum_over_pairs(state, lambda first, second: self._loss(first, second, batch))

    def _loss(self, first: RememberedStream, second: RememberedStream, batch: Batch) -> Float[Tensor, ""]:
        weight = batch.weight * first.present * second.present
        x, y = first.enriched, second.enriched
        if self.centred:
            x, y = centred(x, weight), centred(y, weight)
        return pcl(
            x,
            y[next_counted(weight > 0)] if self.pairing == "other" else y,
            U=self._patterns(first),
            V=self._patterns(second),
            inv_tau=self.inv_tau,
            loss=self.loss,
            negatives=_different_labels(batch.D) if self.exclude == "same_trial" else None,
            weight=weight,
            retrieve=self.retrieval,
            soft=self.soft,
        )

    @torch.no_grad()
    def diagnostics(self, state: State, batch: Batch) -> dict[str, Tensor]:
        """Return the diagnostics of the retrieval in each stream's space.

        Args:
            state: of the network.
            batch: the windows. Those that have all streams and a weight above 0 are stored.

        Returns:
            ``<stream>.<name>``, say ``<stream>.attention``; the windows of every stream are the queries, stream after
            stream.
        """
        streams = remembered_streams(state.streams)
        counted = torch.stack([stream.present for stream in streams]).all(0) & (batch.weight > 0)
        queries = torch.cat([at_least_float32(stream.enriched) for stream in streams])
        named: dict[str, Tensor] = {}
        with full_precision(batch.D):
            for stream in streams:
                patterns = self._patterns(stream)
                space = (at_least_float32(stream.enriched), counted) if patterns is None else (patterns, None)
                found = self.retrieval.diagnostics(queries, *space)
                named |= {f"{stream.name}.{name}": values for name, values in found.items()}
        return named

    def _patterns(self, stream: RememberedStream) -> Float[Tensor, "s d"] | None:
        """Select what the stream's space stores.

        Returns:
            The prototypes, or None for the windows of the batch.
        """
        if self.memory == "batch":
            return None
        return rearrange(at_least_float32(stream.prototypes), "k m d -> (k m) d")


def _different_labels(D: Float[Tensor, "b k"]) -> Bool[Tensor, "b b"]:
    return (rearrange(D, "b k -> b 1 k") != D).any(-1)
