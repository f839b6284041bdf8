"""logits = log D̄ + a deviation that starts near 0: an untrained network predicts the training mean D̄."""

from collections.abc import Sequence
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.interfaces.components import Head
from mpcl_core.interfaces.data import StreamInfo


class PriorHead(Head):
    """Provide the logarithm of the training mean to heads that predict the deviation from it.

    ``self.prior`` is log D̄ (k), filled from the training labels before the first step and 0 until then. A subclass
    adds to it what a layer made by `near_zero` returns.

    Args:
        streams: the streams in recipe order.
        n_outputs: k.
        dim: d.
        valence: disjoint groups of label indices; None where the source states none.

    Example:
        >>> class Bias(PriorHead):
        ...     name = "bias"
        ...
        ...     def forward(self, streams):
        ...         return self.prior.expand(len(streams["eeg"].z), -1), {}
        >>> head = Bias(streams=[StreamInfo("eeg", memory=False)], n_outputs=2, dim=8, valence=None)
        >>> head.observe(torch.tensor([[0.5, 0.5], [0.7, 0.3]]), torch.ones(2))
        >>> head.prior.exp()
        tensor([0.6000, 0.4000])
    """

    prior: Tensor

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        self.register_buffer("prior", torch.zeros(n_outputs))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        """Set the prior to log D̄ of the training windows.

        Args:
            D: emotion distributions of the training windows.
            weight: what each window counts.
        """
        self.prior.copy_(log_prior(D, weight))


def log_prior(D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> Float[Tensor, "k"]:
    """Compute log D̄, the logarithm of the mean distribution.

    Args:
        D: emotion distributions.
        weight: what each of them counts.

    Returns:
        log D̄ (k); shares below 1e-6 count as 1e-6.

    Example:
        >>> log_prior(torch.tensor([[0.5, 0.5], [0.7, 0.3]]), torch.ones(2)).exp()
        tensor([0.6000, 0.4000])
    """
    mean = (D * weight.unsqueeze(-1)).sum(0) / weight.sum()
    return mean.clamp_min(1e-6).log()


def start_near_zero(weight: Float[Tensor, "..."], width: int) -> None:
    """Draw weights so small that the map adds next to nothing at first, yet passes gradients.

    Args:
        weight: the weights, drawn in place from a normal distribution with deviation 0.01 / √width.
        width: the number of inputs of the map.

    Example:
        >>> weight = torch.empty(4, 100)
        >>> start_near_zero(weight, width=100)
        >>> bool(weight.abs().max() < 0.01)
        True
    """
    nn.init.normal_(weight, std=0.01 * width**-0.5)


def near_zero(layer: nn.Linear) -> nn.Linear:
    """Start a linear layer near zero: small weights (`start_near_zero`) and a bias of 0.

    Args:
        layer: changed in place.

    Returns:
        The same layer.

    Example:
        >>> layer = near_zero(nn.Linear(8, 2))
        >>> layer.bias.tolist()
        [0.0, 0.0]
    """
    start_near_zero(layer.weight, layer.in_features)
    nn.init.zeros_(layer.bias)
    return layer


class _GELU(nn.Module):
    """Compute GELU of the hidden units of a batch.

    On a contiguous tensor torch calls oneDNN, which takes three times as long for so few values, mostly to begin.
    """

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        return gelu(x.mT).mT


def prior_classifier(width: int, dim: int, n_outputs: int, dropout: float) -> nn.Sequential:
    """Make the classifier of hierarchical heads: x -> W₂ gelu(W₁ h + b₁) + b₂ with h = W_h LN[x] + b_h.

    Args:
        width: the number of inputs.
        dim: d, the number of hidden units.
        n_outputs: k.
        dropout: share of the inputs and of the hidden units that are dropped in training.

    Returns:
        A module (b width) -> (b k) that starts near zero, to be added to the prior.

    Example:
        >>> prior_classifier(width=12, dim=8, n_outputs=3, dropout=0.0)(torch.zeros(2, 12)).shape
        torch.Size([2, 3])
    """
    drop = partial(nn.Dropout, dropout) if dropout else nn.Identity
    return nn.Sequential(
        *(nn.LayerNorm(width), drop(), nn.Linear(width, dim)),
        *(nn.Linear(dim, dim), _GELU(), drop()),
        near_zero(nn.Linear(dim, n_outputs)),
    )
