"""L = Σ_streams mean_i KL(D_i ‖ Σ_m α_im), in nats: ties the index of a prototype to its emotion.

Without it nothing says that prototype k stands for emotion k, since PRD and PCL only compare banks with each other.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition, off unless a recipe names it.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Needs, Objective, State, weighted_mean
from mpcl_plugins.objectives._precision import at_least_float32
from mpcl_plugins.objectives._remembered import Remembered, remembered

FLOOR = 1e-12
"""The smallest weight in a logarithm; an episode memory may give an emotion none."""


class Anchor(Objective):
    """The divergence of each memory's weights, summed over an emotion's prototypes, from the truth.

    Rows whose stream is absent are skipped.
    """

    name = "anchor"
    needs = Needs(memories=1)

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        return torch.stack([self._divergence(stream, batch) for stream in remembered(state)]).sum()

    def _divergence(self, stream: Remembered, batch: Batch) -> Float[Tensor, ""]:
        alpha = at_least_float32(stream.weights).sum(-1).clamp_min(FLOOR)
        divergence = (torch.xlogy(batch.D, batch.D) - batch.D * alpha.log()).sum(-1)
        return weighted_mean(divergence, batch.weight * stream.present)
