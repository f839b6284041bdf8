"""Heads that start near the prior: a network that learns nothing predicts the training mean."""

from jaxtyping import Float
from torch import Tensor, nn


def log_prior(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k"]:
    """log D̄, the logarithm of the mean distribution."""
    mean = (D * weight.unsqueeze(-1)).sum(0) / weight.sum()
    return mean.clamp_min(1e-6).log()


def start_near_zero(weight: Float[Tensor, "..."], width: int) -> None:
    """Draw weights of a map from ``width`` inputs that adds next to nothing at first, yet lets gradients through."""
    nn.init.normal_(weight, std=0.01 * width**-0.5)


def near_zero(layer: nn.Linear) -> nn.Linear:
    """The layer, with such weights and no bias."""
    start_near_zero(layer.weight, layer.in_features)
    nn.init.zeros_(layer.bias)
    return layer
