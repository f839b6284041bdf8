"""L = Σ_streams mean_i KL(D_i ‖ Σ_m α_im), in nats: ties the index of a prototype to its emotion.

Without it nothing makes prototype k stand for emotion k, since PRD and PCL only compare banks with each other.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition, off unless a recipe names it.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import (
    Batch,
    Needs,
    Objective,
    RememberedStream,
    State,
    at_least_float32,
    kl_divergence,
    log_shares,
    remembered_streams,
    weighted_mean,
)


class Anchor(Objective):
    """Draw the weights of each memory towards the true distribution.

    The weights of an emotion's prototypes are summed. Windows without the stream are skipped.
    """

    name = "anchor"
    needs = Needs(memories=1)

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        return torch.stack([self._divergence(stream, batch) for stream in remembered_streams(state.streams)]).sum()

    def _divergence(self, stream: RememberedStream, batch: Batch) -> Float[Tensor, ""]:
        alpha = at_least_float32(stream.weights).sum(-1)
        return weighted_mean(kl_divergence(batch.D, log_shares(alpha)), batch.weight * stream.present)
