"""D_pred = (1 - γ) softmax(logits of a head) + γ mean_s Σ_m weights_s: a head beside the recall of episodes.

An `episodic_bank` recalls the labels of the training windows nearest in the learned space. Distributions are mixed and
not logits, so that a distant neighbour changes the prediction little. In training, where such a bank does not show a
window its own episode, the loss of the mixture also shapes the space in which neighbours are found.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.plugin import (
    Fraction,
    Head,
    Needs,
    StreamInfo,
    StreamState,
    log_shares,
    masked_mean,
    remembered_streams,
)


class EpisodicMix(Head):
    """Mix a head's prediction with the mean of what the memories of the present streams recall.

    Args:
        head: the head whose prediction is mixed with the recall.
        share: γ.
        recall: the streams whose memory is read, one whose weights are a distribution over emotions; all streams with
            a memory by default.

    Raises:
        ValueError: ``recall`` is empty or names a stream that has no memory.
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
        recalled, present = self._recalled(streams)
        share = self.share * present.unsqueeze(-1)
        D_pred = (1.0 - share) * logits.softmax(-1) + share * recalled
        return log_shares(D_pred), aux

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return the recall and the diagnostics of the head.

        Args:
            streams: the states of the streams.

        Returns:
            ``recalled`` (b k) and what the head returns.
        """
        return {"recalled": self._recalled(streams)[0], **self.head.diagnostics(streams)}

    def _recalled(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], Bool[Tensor, "b"]]:
        """Average the recall of the present streams.

        Returns:
            The mean (b k), and whether any of the streams is present (b).
        """
        read = remembered_streams({name: streams[name] for name in self.recall})
        shares = torch.stack([stream.weights.sum(-1) for stream in read], dim=-2)
        present = torch.stack([stream.present for stream in read], dim=-1)
        return masked_mean(shares, present), present.any(-1)
