"""logits = logits of a head + g (log mean_s Σ_m weights_s − log D̄): what memories recall, in place of the prior D̄.

A `situation_bank` recalls the distribution of the situation that a window resembles. With g = 1 the head predicts the
deviation from it instead of the deviation from the training mean; with g = 0 nothing is recalled. g is learned for the
network and starts at ``gate``; a gate of 0 stays 0. With ``apart`` the streams with a memory serve the recall alone:
the head does not read them, so that with g = 0 they have no effect.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Head,
    Needs,
    NonNegative,
    PriorHead,
    StreamInfo,
    StreamState,
    log_shares,
    masked_mean,
    remembered_streams,
)


class RecallPrior(PriorHead):
    """Add what the memories of the present streams recall to the logits of a head.

    Args:
        head: predicts the deviation.
        gate: the initial g; 0 leaves the recall out.
        apart: whether the head reads only the streams without a memory.

    Raises:
        ValueError: ``apart`` leaves no stream to the head.
    """

    name = "recall_prior"
    needs = Needs(memories=1)

    @classmethod
    def supplied_to_nested(cls, supplied: Mapping[str, Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the engine supplies to the head: with ``apart``, the streams without a memory.

        Args:
            supplied: what the engine supplies to this component.
            parameters: its own parameters.

        Returns:
            Name -> value.
        """
        if not parameters["apart"]:
            return supplied
        return {**supplied, "streams": tuple(stream for stream in supplied["streams"] if not stream.memory)}

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        head: Head,
        gate: NonNegative = 0.5,
        apart: bool = False,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        if apart and all(stream.memory for stream in streams):
            raise ValueError("with apart: true, one stream at least must have no memory")
        self.head, self.apart = head, apart
        self.gate = nn.Parameter(torch.full((), float(gate)), requires_grad=gate > 0)

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        logits, aux = self.head(self._read(streams))
        read = remembered_streams(streams)
        present = torch.stack([stream.present for stream in read], dim=-1)
        recalled = masked_mean(torch.stack([stream.weights.sum(-1) for stream in read], dim=-2), present)
        deviation = torch.where(present.any(-1, keepdim=True), log_shares(recalled) - self.prior, 0.0)
        return logits + self.gate * deviation, aux

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return g and the diagnostics of the head.

        Args:
            streams: the states of the streams.

        Returns:
            ``gate`` and what the head returns.
        """
        return {"gate": self.gate.detach().clone(), **self.head.diagnostics(self._read(streams))}

    def _read(self, streams: Mapping[str, StreamState]) -> Mapping[str, StreamState]:
        """Return the streams that the head reads.

        Returns:
            All of them; with ``apart``, those without a memory.
        """
        return {name: state for name, state in streams.items() if not self.apart or state.enriched is None}
