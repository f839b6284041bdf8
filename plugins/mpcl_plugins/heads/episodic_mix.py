"""D_pred = (1 - γ) softmax(logits of a head) + γ mean_s Σ_m weights_s: a head beside what episodes say.

An `episodic_bank` answers with the labels of the training rows nearest in the learned space; mixing distributions
rather than logits keeps a sure neighbour sure and an unsure one harmless. In training, where such a bank does not show
a row its own episode, the loss of the mixture also shapes the space in which neighbours are found.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Fraction, Head, Needs, StreamInfo, StreamState, masked_mean

FLOOR = 1e-12
"""The smallest share of an emotion in a logarithm."""


class EpisodicMix(Head):
    """Mixes a head's prediction with the mean of what the memories of the present streams recall.

    Args:
        head: what is mixed with the recall.
        share: γ.
        recall: the streams whose memory is asked, one whose weights are a distribution over emotions; all streams
            with a memory where none are given.

    Raises:
        ValueError: ``recall`` names a stream that has no memory, or none.
    """

    name = "episodic_mix"
    needs = Needs(memories=1)

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        head: Head,
        share: Fraction = 0.5,
        recall: list[str] | None = None,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        able = [stream.name for stream in self.streams if stream.memory]
        self.recall = able if recall is None else recall
        if not self.recall or set(self.recall) - set(able):
            raise ValueError(f"recall is {self.recall}, but the streams with a memory are {', '.join(able) or 'none'}")
        self.head, self.share = head, share

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        logits, aux = self.head(streams)
        recalled, there = self._recalled(streams)
        share = self.share * there.unsqueeze(-1)
        D_pred = (1.0 - share) * logits.softmax(-1) + share * recalled
        return D_pred.clamp_min(FLOOR).log(), aux

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """``recalled`` (b k), and the diagnostics of the head."""
        return {"recalled": self._recalled(streams)[0], **self.head.diagnostics(streams)}

    def _recalled(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], Tensor]:
        """The mean recall of the present streams, and where there is any."""
        asked = [streams[name] for name in self.recall]
        found = torch.stack([_distribution(stream) for stream in asked], dim=-2)
        there = torch.stack([stream.present for stream in asked], dim=-1)
        return masked_mean(found, there), there.any(-1)


def _distribution(stream: StreamState) -> Float[Tensor, "b k"]:
    if stream.weights is None:
        raise ValueError("a stream that was announced with a memory came without")
    return stream.weights.sum(-1)
