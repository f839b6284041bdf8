"""Where a head starts: near the mean distribution D̄ of the training rows."""

from jaxtyping import Float
from torch import Tensor, nn


def log_mean(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k"]:
    """log D̄."""
    mean = (weight / weight.sum()) @ D
    return mean.clamp_min(1e-6).log()


def small(weight: Float[Tensor, "_ width"], width: int) -> None:
    """Weights of a map from ``width`` inputs that add next to nothing at first, yet let gradients through."""
    nn.init.normal_(weight, std=0.01 * width**-0.5)
