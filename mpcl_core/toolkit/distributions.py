"""Provide calculations on emotion distributions."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from mpcl_core.interfaces.errors import DataError

SMALLEST_SHARE = 1e-12
"""The smallest share of an emotion in a logarithm."""


def log_shares(D: Float[Tensor, "... k"]) -> Float[Tensor, "... k"]:
    """Compute log D, with shares below 1e-12 raised to it.

    Args:
        D: distributions, shares may be 0.

    Returns:
        Finite logarithms of the same shape.

    Example:
        >>> log_shares(torch.tensor([1.0, 0.0]))
        tensor([  0.0000, -27.6310])
    """
    return D.clamp_min(SMALLEST_SHARE).log()


def kl_divergence(D: Float[Tensor, "b k"], log_prediction: Float[Tensor, "b k"]) -> Float[Tensor, "b"]:
    """Compute KL(D ‖ prediction) of each window, in nats; a term with D = 0 is 0.

    Args:
        D: true distributions.
        log_prediction: logarithm of the predicted ones.

    Returns:
        The divergence of each window (b).

    Example:
        >>> D = torch.tensor([[0.5, 0.5]])
        >>> kl_divergence(D, torch.tensor([[0.9, 0.1]]).log())
        tensor([0.5108])
    """
    return (torch.xlogy(D, D) - D * log_prediction).sum(-1)


def distinct_distributions(
    D: Float[Tensor, "n k"], weight: Float[Tensor, "n"], *, capacity: int, component: str
) -> tuple[Float[Tensor, "j k"], Int64[Tensor, "i"]]:
    """Find the distinct distributions among windows of positive weight.

    Args:
        D: emotion distributions.
        weight: what each of them counts; windows of weight 0 are left out.
        capacity: the most distinct distributions that the component can hold.
        component: its name, for the message.

    Returns:
        The distinct distributions (j k), and for each window of positive weight the index of its own (i).

    Raises:
        DataError: there are more than ``capacity``.

    Example:
        >>> D = torch.tensor([[0.5, 0.5], [0.2, 0.8], [0.5, 0.5]])
        >>> labels, index = distinct_distributions(D, torch.ones(3), capacity=8, component="label_ce")
        >>> labels.shape, index.tolist()
        (torch.Size([2, 2]), [1, 0, 1])
    """
    labels, index = torch.unique(D[weight > 0], dim=0, return_inverse=True)
    if len(labels) > capacity:
        raise DataError(
            f"{len(labels)} distinct training labels are more than the capacity of '{component}', {capacity}"
        )
    return labels, index
