"""L = Σ_i w_i ‖D_i − softmax(logits_i)‖² / Σ_i w_i (Brier, 1950)."""

from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components import Component, Objective
from mpcl_core.interfaces.data import Batch, State
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.toolkit.masking import weighted_mean


class Template(Objective):
    """The squared distance of the prediction from the truth."""

    name = "template"

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        distance = (batch.D - state.logits.softmax(-1)).square().sum(-1)
        return weighted_mean(distance, batch.weight)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
