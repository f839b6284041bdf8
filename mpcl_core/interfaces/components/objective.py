"""Define the slot of objectives, the terms of the loss."""

from abc import abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components.component import Needs
from mpcl_core.interfaces.components.network_component import NetworkComponent
from mpcl_core.interfaces.data import Batch, State


class Objective(NetworkComponent):
    """Compute a term of the loss. The engine multiplies it by the ``weight`` in the recipe.

    ``unlabelled``: it does not need ``batch.D``, which is NaN where networks are trained without labels
    (``train.pretrain``).

    Args:
        n_outputs: k.
        dim: d.

    Example:
        >>> import torch
        >>> from mpcl_core.plugin import Batch, Objective, State
        >>> class SquaredError(Objective):
        ...     name = "squared_error"
        ...
        ...     def forward(self, state, batch):
        ...         error = (state.logits.softmax(-1) - batch.D).square().sum(-1)
        ...         return (batch.weight * error).sum() / batch.weight.sum()
        >>> batch = Batch(X={}, present={}, D=torch.full((2, 4), 0.25), weight=torch.ones(2))
        >>> SquaredError(n_outputs=4, dim=8)(State(streams={}, logits=torch.zeros(2, 4)), batch)
        tensor(0.)
    """

    slot: ClassVar[str] = "objective"
    needs: ClassVar[Needs] = Needs()
    unlabelled: ClassVar[bool] = False

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        """Compute the loss of a batch.

        Args:
            state: what the network computed for the batch.
            batch: its windows, with their labels and weights.

        Returns:
            A scalar: the mean over windows weighted by ``batch.weight``. Windows of weight 0 must have no influence,
            as negatives either.
        """

    def diagnostics(self, state: State, batch: Batch) -> dict[str, Tensor]:
        """Return what figures show of the objective, the attention of a retrieval for example.

        Called without gradient.

        Args:
            state: as in `forward`.
            batch: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
