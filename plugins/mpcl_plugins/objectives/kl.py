"""L = Σ_i w_i KL(D_i ‖ softmax(logits_i)) / Σ_i w_i, in nats; a term with D = 0 is 0."""

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Objective, State, weighted_mean
from mpcl_plugins.objectives._precision import at_least_float32


class KL(Objective):
    """The Kullback-Leibler divergence of the prediction from the truth."""

    name = "kl"

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        log_prediction = at_least_float32(state.logits).log_softmax(-1)
        divergence = (torch.xlogy(batch.D, batch.D) - batch.D * log_prediction).sum(-1)
        return weighted_mean(divergence, batch.weight)
