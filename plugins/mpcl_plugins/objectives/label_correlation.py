"""L = mean_{j ≠ l} (R_jl − C_jl)²: labels are to go together as they do in the training labels, whose correlation is C.

    of: head          R is the head's learned ``label_correlation`` (`label_attention`), as in HeLo
    of: prediction    R is Pearson's correlation of the predicted shares over the rows of the batch; for every head

HeLo (Zheng et al., ACM Multimedia 2025) aligns a learned correlation matrix with that of the labels so.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Objective, PluginError, State, weighted_correlation


class LabelCorrelation(Objective):
    """The mean squared difference of two matrices of correlation, without their diagonals.

    Args:
        of: whose correlation is compared with that of the training labels. The head's own does not depend on the rows
            of the batch, nor on their weights.

    Raises:
        PluginError: ``of: head``, and the head gives no ``label_correlation``.
    """

    name = "label_correlation"
    target: Tensor
    apart: Tensor

    def __init__(self, *, n_outputs: int, dim: int, of: Literal["prediction", "head"] = "prediction") -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.of = of
        self.register_buffer("target", torch.zeros(n_outputs, n_outputs))
        self.register_buffer("apart", 1.0 - torch.eye(n_outputs), persistent=False)

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.target.copy_(weighted_correlation(D, weight))

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        difference = (self._given(state, batch) - self.target) * self.apart
        return difference.square().sum() / self.apart.sum().clamp_min(1.0)

    def _given(self, state: State, batch: Batch) -> Float[Tensor, "k k"]:
        if self.of == "prediction":
            return weighted_correlation(state.logits.softmax(-1), batch.weight)
        if "label_correlation" not in state.aux:
            raise PluginError("'label_correlation' of the head needs one that learns it, as 'label_attention' does")
        return state.aux["label_correlation"]
