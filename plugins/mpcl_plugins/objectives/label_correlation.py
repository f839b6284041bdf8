"""L = mean_{j ≠ l} (R_jl − C_jl)²: labels correlate as in the training labels, whose correlation is C.

    of: head          R is the head's learned ``label_correlation`` (`label_attention`), as in HeLo
    of: prediction    R is Pearson's correlation of the predicted shares over the batch; for every head

HeLo (Zheng et al., ACM Multimedia 2025) aligns a learned correlation matrix with that of the labels in this way.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Objective, PluginError, State, weighted_correlation


class LabelCorrelation(Objective):
    """Compute the mean squared difference of two correlation matrices, without their diagonals.

    Args:
        of: whose correlation is compared with that of the training labels. The head's own does not depend on the
            windows of the batch, nor on their weights.

    Raises:
        PluginError: ``of: head``, and the head returns no ``label_correlation``.
    """

    name = "label_correlation"
    target: Tensor
    off_diagonal: Tensor

    def __init__(self, *, n_outputs: int, dim: int, of: Literal["prediction", "head"] = "prediction") -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.of = of
        self.register_buffer("target", torch.zeros(n_outputs, n_outputs))
        self.register_buffer("off_diagonal", 1.0 - torch.eye(n_outputs), persistent=False)

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        self.target.copy_(weighted_correlation(D, weight))

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        difference = (self._correlation(state, batch) - self.target) * self.off_diagonal
        return difference.square().sum() / self.off_diagonal.sum().clamp_min(1.0)

    def _correlation(self, state: State, batch: Batch) -> Float[Tensor, "k k"]:
        if self.of == "prediction":
            return weighted_correlation(state.logits.softmax(-1), batch.weight)
        if "label_correlation" not in state.aux:
            raise PluginError("'label_correlation' with of: head needs the head 'label_attention', which learns one")
        return state.aux["label_correlation"]
