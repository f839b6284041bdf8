"""A contrast of the two streams of a trial after centring: what they share beyond what all trials share.

    x̂_i = (x_i − x̄) / √(σ_x² + ε²) and ŷ_i alike, over the batch, then of unit length
    L = −½ mean_i [log softmax_j(⟨x̂_i, ŷ_j⟩ / τ)_i + log softmax_j(⟨ŷ_i, x̂_j⟩ / τ)_i]

summed over all unordered pairs of streams; InfoNCE (van den Oord et al., 2018) on embeddings. It follows the idea of
Prototypical Co-occurrence Learning (`pcl`), that two streams share what is felt, without its retrieval: embeddings that
have a large constant part agree for every pair of trials, so that only centred ones say which belong together. It uses
no labels, and so learns from people who were not rated (``train.pretrain``); with every trial rated it adds little.

With ``soft: s`` (after SoftCLIP, Gao et al., AAAI 2024) trials whose partners are alike are positives in part: one-hot
targets become (1 − s) δ_ij + s softmax_{j ≠ i}(⟨ŷ_i, ŷ_j⟩ / τ) for anchor x̂_i, without a gradient, and alike for ŷ_i.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition, off unless a recipe names it.
"""

from itertools import combinations

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.plugin import (
    Batch,
    Fraction,
    Objective,
    Positive,
    State,
    StreamState,
    at_least_float32,
    full_precision,
    masked_softmax,
    normalise,
    weighted_mean,
)
from mpcl_plugins.objectives._pairing import Pairing, next_counted

_LEAST = 1e-3  # ε, so that a dimension that hardly varies is not blown up


class CentredContrast(Objective):
    """Contrast the embeddings of two streams of the same window, or trial, with those of others.

    Windows of weight 0 and windows that lack a stream are neither anchors nor negatives, nor in the means.

    Args:
        tau: τ.
        pairing: ``own``, the two streams of a window belong together; ``other``, each is paired with another window
            of the batch, which is the control: what this gains is not due to what the streams share.
        soft: s, the share of the target that goes to trials whose partner is like that of the anchor.
    """

    name = "centred_contrast"
    unlabelled = True

    def __init__(
        self, *, n_outputs: int, dim: int, tau: Positive = 0.2, pairing: Pairing = "own", soft: Fraction = 0.0
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.tau, self.pairing, self.soft = tau, pairing, soft

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        pairs = [self._loss(first, second, batch.weight) for first, second in combinations(state.streams.values(), 2)]
        return torch.stack(pairs).sum() if pairs else state.logits.sum() * 0.0

    def _loss(self, first: StreamState, second: StreamState, weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        counted = weight * first.present * second.present
        with full_precision(weight):
            x, y = (_centred(at_least_float32(stream.z), counted) for stream in (first, second))
            similarity = x @ y.mT / self.tau
            partner = (
                next_counted(counted > 0)
                if self.pairing == "other"
                else torch.arange(len(weight), device=weight.device)
            )
            losses = [
                self._contrast(each, other[partner] @ other.mT / self.tau, partner, counted > 0)
                for each, other in ((similarity, y), (similarity.mT, x))
            ]
            return weighted_mean(torch.stack(losses).mean(0), counted)

    def _contrast(
        self,
        similarity: Float[Tensor, "b b"],
        likeness: Float[Tensor, "b b"],
        partner: Int64[Tensor, "b"],
        counted: Bool[Tensor, "b"],
    ) -> Float[Tensor, "b"]:
        masked = similarity.masked_fill(~counted, torch.finfo(similarity.dtype).min)
        positive = similarity.gather(-1, partner.unsqueeze(-1)).squeeze(-1)
        if self.soft:
            others = counted & (partner.unsqueeze(-1) != torch.arange(len(counted), device=counted.device))
            shares = masked_softmax(likeness.detach(), others)
            positive = torch.where(
                others.any(-1), (1.0 - self.soft) * positive + self.soft * (shares * similarity).sum(-1), positive
            )
        return torch.where(counted, masked.logsumexp(-1) - positive, 0.0)


def _centred(z: Float[Tensor, "b d"], weight: Float[Tensor, "b"]) -> Float[Tensor, "b d"]:
    share = (weight / weight.sum().clamp(min=torch.finfo(weight.dtype).tiny)).unsqueeze(-1)
    centred = z - (share * z).sum(0)
    return normalise(centred / ((share * centred.square()).sum(0) + _LEAST**2).sqrt())
