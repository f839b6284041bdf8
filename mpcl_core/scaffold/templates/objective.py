"""L = Σ_i w_i ‖D_i − softmax(logits_i)‖² / Σ_i w_i (Brier, 1950)."""

from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Component, Objective, State, hookimpl, weighted_mean


class Template(Objective):
    """Compute the squared distance between prediction and label."""

    name = "template"

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        """Compute the loss.

        Args:
            state: what the network computed.
            batch: the labels and weights of the windows.

        Returns:
            The weighted mean over windows.
        """
        distance = (batch.D - state.logits.softmax(-1)).square().sum(-1)
        return weighted_mean(distance, batch.weight)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
