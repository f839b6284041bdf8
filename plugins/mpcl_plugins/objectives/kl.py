"""L = Σ_i w_i KL(D_i ‖ softmax(logits_i)) / Σ_i w_i, in nats; a term with D = 0 is 0."""

from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Objective, State, kl


class KL(Objective):
    """Compute the Kullback-Leibler divergence of the prediction from the truth."""

    name = "kl"

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        return kl(batch.D, state.logits, batch.weight)
