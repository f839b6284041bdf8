"""D_pred = Σ_j p_j D_j over the distinct training distributions, p = softmax(log n_j + W₂ gelu(W₁ LN[z, x] + b₁) + b₂).

A classifier of what the raters said, and the expectation over it: where few trials give many windows, the rows of a
trial share one distribution, and telling twenty of them apart is easier than regressing k shares. z and, where there is
a memory, x are those of each stream; n_j is the weight of the training rows with D_j, so that the head starts near the
training mean. What it predicts is a mixture of distributions that were seen.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, DataError, Fraction, Head, StreamInfo, StreamState, near_zero

FLOOR = 1e-12
"""The smallest share of an emotion in a logarithm."""


class ExpectedLabel(Head):
    """A classifier of the distinct training distributions, and their expectation.

    For an objective it adds ``label_logits`` (b j) and ``labels`` (j k).

    Args:
        capacity: the most distinct distributions; the classifier has an output for each.
        hidden: hidden units of the classifier.
        dropout: share of the inputs and of the hidden units that are dropped in training.

    Raises:
        DataError: there are more distinct labels than the capacity.
    """

    name = "expected_label"
    labels: Tensor
    prior: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        capacity: Count = 64,
        hidden: Count = 64,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        self.capacity = capacity
        width = dim * sum(1 + stream.memory for stream in self.streams)
        self.join = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, hidden))
        self.classify = nn.Sequential(nn.GELU(), nn.Dropout(dropout))
        self.last = near_zero(nn.Linear(hidden, capacity))
        self.register_buffer("labels", torch.eye(n_outputs)[torch.arange(capacity) % n_outputs])
        self.register_buffer("prior", torch.zeros(capacity))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        counted = weight > 0
        labels, which = torch.unique(D[counted], dim=0, return_inverse=True)
        n = len(labels)
        if n > self.capacity:
            raise DataError(
                f"{n} distinct training labels are more than the capacity of 'expected_label', {self.capacity}"
            )
        share = torch.zeros_like(self.prior).index_add(0, which, weight[counted] / weight.sum())
        self.labels[:n], self.labels[n:] = labels, labels[0]
        self.prior.copy_(torch.where(share > 0, share.clamp_min(FLOOR).log(), -1e4))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        parts = [part for state in streams.values() for part in (state.z, state.enriched) if part is not None]
        h = self.classify(self.join(torch.cat(parts, dim=-1)))
        scores = self.prior + self.last(h)
        D_pred = scores.softmax(-1) @ self.labels
        return D_pred.clamp_min(FLOOR).log(), {"label_logits": scores, "labels": self.labels}
