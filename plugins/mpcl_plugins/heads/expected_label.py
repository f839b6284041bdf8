"""D_pred = Σ_j p_j D_j over the distinct training distributions, p = softmax(log n_j + W₂ gelu(W₁ LN[z, x] + b₁) + b₂).

A classifier of the distinct ratings, and the expectation over it: where few trials give many windows, the windows of a
trial share one distribution, and classifying twenty of them is easier than regressing k shares. z and, where there is
a memory, x are those of each stream; n_j is the weight of the training windows with D_j, so that the head starts near
the training mean. Its prediction is a mixture of training distributions.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Count,
    Fraction,
    Head,
    StreamInfo,
    StreamState,
    distinct_distributions,
    feature_width,
    log_shares,
    near_zero,
    stream_features,
)


class ExpectedLabel(Head):
    """Classify the distinct training distributions and predict their expectation.

    For an objective it returns ``label_logits`` (b j) and ``labels`` (j k).

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
        width = feature_width(self.streams, dim)
        self.join = nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), nn.Linear(width, hidden))
        self.classify = nn.Sequential(nn.GELU(), nn.Dropout(dropout))
        self.last = near_zero(nn.Linear(hidden, capacity))
        self.register_buffer("labels", torch.eye(n_outputs)[torch.arange(capacity) % n_outputs])
        self.register_buffer("prior", torch.zeros(capacity))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        labels, index = distinct_distributions(D, weight, capacity=self.capacity, component=self.name)
        n = len(labels)
        share = torch.zeros_like(self.prior).index_add(0, index, weight[weight > 0] / weight.sum())
        self.labels[:n], self.labels[n:] = labels, labels[0]
        self.prior.copy_(torch.where(share > 0, log_shares(share), -1e4))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        h = self.classify(self.join(stream_features(streams)))
        scores = self.prior + self.last(h)
        D_pred = scores.softmax(-1) @ self.labels
        return log_shares(D_pred), {"label_logits": scores, "labels": self.labels}
