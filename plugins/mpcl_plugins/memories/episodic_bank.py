"""A memory of episodes: α = softmax_j(cos(z, z_j) / τ) over stored training windows j; weights Σ_j α_j D_j.

    x = z + Σ_j α_j z_j        M_k = Σ_j e_jk z_j / Σ_j e_jk,  e_jk = max(D_jk - 1/k, 0)

Retrieval over the training windows in the learned space, beside or in place of a memory of prototypes: the labels of
the neighbours of an embedding (k-NN in a learned space; modern Hopfield networks, Ramsauer et al., ICLR 2021). There is
one prototype an emotion, the mean episode in which the emotion stands out, for components that need prototypes; the
weights are a distribution over emotions.

Differs from the paper (MPCL, arXiv 2602.20530): it has no such memory. Independent addition.

Episodes come from training windows only, into a ring buffer that holds each training window about once. In training, a
window's own episode of the last epoch, with the window's own label, would be found first, and the network would learn
to rely on a memory that holds the answer. A memory does not know the indices of windows, so in training a query does
not see the ``exclude`` episodes most similar to it: with 1 its own; with as many as a trial has windows, about those of
its trial, which is the situation of a window of a held-out trial. At test nothing is left out, because no test window
is stored.
"""

from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn.functional import pad

from mpcl_core.plugin import (
    Count,
    Memory,
    Natural,
    Positive,
    Recall,
    excess_over_uniform,
    masked_softmax,
    normalise,
)


class EpisodicBank(Memory):
    """Keep the embeddings and labels of the last training windows.

    With nothing to read, weights are uniform and x = z.

    Args:
        capacity: the most episodes in the bank; never more than there are training windows.
        read: by a softmax over all episodes, or as the plain mean of the nearest.
        neighbours: number of the nearest, with ``read: nearest``.
        tau: τ, the temperature of the softmax.
        exclude: number of the most similar episodes that a query does not see in training.
        residual: return x = z + Σ α_j z_j; otherwise x = normalise(Σ α_j z_j).

    Raises:
        ValueError: the capacity is smaller than what is read and excluded.
    """

    name = "episodic_bank"
    episodes: Tensor
    labels: Tensor
    written: Tensor
    size: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        capacity: Count = 1024,
        read: Literal["softmax", "nearest"] = "softmax",
        neighbours: Count = 5,
        tau: Positive = 0.05,
        exclude: Natural = 1,
        residual: bool = True,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        if capacity < neighbours + exclude:
            raise ValueError(f"capacity {capacity} is less than neighbours {neighbours} + exclude {exclude}")
        self.capacity, self.read, self.neighbours = capacity, read, neighbours
        self.tau, self.exclude, self.residual = tau, exclude, residual
        self.register_buffer("prototypes", torch.zeros(n_outputs, 1, dim))
        self.register_buffer("episodes", torch.zeros(capacity, dim))
        self.register_buffer("labels", torch.zeros(capacity, n_outputs))
        self.register_buffer("written", torch.tensor(0))
        self.register_buffer("size", torch.tensor(capacity))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.size.copy_((weight > 0).sum().clamp(1, self.capacity))

    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        alpha = self._attention(z)
        has_recall = alpha.sum(-1, keepdim=True) > 0
        recalled = alpha @ self.episodes
        enriched = z + recalled if self.residual else torch.where(has_recall, normalise(recalled), z)
        weights = torch.where(has_recall, alpha @ self.labels, 1.0 / self.n_outputs)
        return Recall(enriched, weights.unsqueeze(-1))

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        slots = self._slots(weight > 0)
        episodes, labels = _put(self.episodes, slots, z), _put(self.labels, slots, D)
        written = self.written + (weight > 0).sum()
        share = excess_over_uniform(labels) * self._filled(written).unsqueeze(-1)
        mean = share.T @ episodes / share.sum(0).unsqueeze(-1).clamp_min(torch.finfo(z.dtype).tiny)
        prototypes = rearrange(mean, "k d -> k 1 d")
        return {"prototypes": prototypes, "episodes": episodes, "labels": labels, "written": written}

    @torch.no_grad()
    def diagnostics(self, z: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        """Return the attention over the episodes.

        Args:
            z: the embeddings.

        Returns:
            ``attention`` (b capacity).
        """
        return {"attention": self._attention(z)}

    def _attention(self, z: Float[Tensor, "b d"]) -> Float[Tensor, "b j"]:
        similarity = normalise(z) @ normalise(self.episodes).mT
        mask = self._filled(self.written).expand_as(similarity)
        if self.training and self.exclude:
            mask = mask & ~_most_similar(similarity, mask, self.exclude)
        if self.read == "softmax":
            return masked_softmax(similarity / self.tau, mask)
        nearest = (_most_similar(similarity, mask, self.neighbours) & mask).to(z.dtype)
        return nearest / nearest.sum(-1, keepdim=True).clamp_min(1.0)

    def _filled(self, written: Int64[Tensor, ""]) -> Bool[Tensor, "j"]:
        return torch.arange(self.capacity, device=written.device) < torch.minimum(written, self.size)

    def _slots(self, stored: Bool[Tensor, "b"]) -> Int64[Tensor, "b"]:
        """Assign each window a slot of the ring.

        Returns:
            Slots; ``capacity``, which is no slot, for a window that is not stored or that newer ones overwrite.
        """
        rank = stored.cumsum(0) - 1
        newest = stored & (rank >= stored.sum() - self.size)
        return torch.where(newest, (self.written + rank) % self.size, self.capacity)


def _put(ring: Float[Tensor, "j w"], slots: Int64[Tensor, "b"], values: Float[Tensor, "b w"]) -> Float[Tensor, "j w"]:
    padded = pad(ring, (0, 0, 0, 1))
    return padded.scatter(0, slots.unsqueeze(-1).expand_as(values), values.to(ring.dtype))[:-1]


def _most_similar(similarity: Float[Tensor, "b j"], mask: Bool[Tensor, "b j"], n: int) -> Bool[Tensor, "b j"]:
    """Mark the n most similar episodes of each query, those outside of the mask last.

    Returns:
        A mask with n true entries in each row.
    """
    order = similarity.detach().masked_fill(~mask, torch.finfo(similarity.dtype).min)
    return torch.zeros_like(order, dtype=torch.bool).scatter(-1, order.topk(n).indices, True)
