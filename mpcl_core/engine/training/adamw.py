"""AdamW (Loshchilov & Hutter, ICLR 2019) for the stacked parameters of several networks.

    m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²,   θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)

Each has its own rate and step. It is torch's fused kernel, given each member's parameters as one long vector; members
of one rate share a call.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from torch.optim.adamw import adamw

MOMENTS = ("exp_avg", "exp_avg_sq")


class StackedAdamW:
    """The optimisers of several networks, and their parameters (M P), from which views are made.

    Args:
        optimizers: the members' own, whose state and settings are taken over.
        parameters: the members' parameters, in one order.
    """

    def __init__(self, optimizers: Sequence[torch.optim.AdamW], parameters: Sequence[Sequence[Tensor]]) -> None:
        self.shapes = [parameter.shape for parameter in parameters[0]]
        (self.settings,) = optimizers[0].param_groups
        self.values = torch.stack([parameters_to_vector(own) for own in parameters]).detach().requires_grad_()
        moments = [_moments(optimizer, own) for optimizer, own in zip(optimizers, parameters, strict=True)]
        self.first, self.second = (torch.stack(rows) for rows in zip(*(pair for pair, _ in moments), strict=True))
        self.steps = [step for _, step in moments]

    def views(self) -> list[Float[Tensor, "M ..."]]:
        """The stacked parameters one by one, as views of `values`."""
        parts = torch.split(self.values, [shape.numel() for shape in self.shapes], dim=1)
        return [part.view(len(part), *shape) for part, shape in zip(parts, self.shapes, strict=True)]

    @torch.no_grad()
    def step(self, gradient: Float[Tensor, "M P"], rates: Mapping[int, float]) -> None:
        """One step of the members that have a rate; the others, and their moments, stay as they are."""
        for rate in dict.fromkeys(rates.values()):
            self._step(gradient, [member for member, own in rates.items() if own == rate], rate)

    def _step(self, gradient: Float[Tensor, "M P"], members: Sequence[int], rate: float) -> None:
        beta1, beta2 = self.settings["betas"]
        adamw(
            [self.values[member] for member in members],
            [gradient[member] for member in members],
            [self.first[member] for member in members],
            [self.second[member] for member in members],
            [],
            [self.steps[member] for member in members],
            fused=True,
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
            lr=rate,
            weight_decay=self.settings["weight_decay"],
            eps=self.settings["eps"],
            maximize=False,
        )

    @torch.no_grad()
    def settle(self, member: int, optimizer: torch.optim.AdamW, parameters: Sequence[Tensor]) -> None:
        """Give a member's own parameters and optimiser what they are now."""
        sizes = [shape.numel() for shape in self.shapes]
        rows = [torch.split(values[member], sizes) for values in (self.values, self.first, self.second)]
        for parameter, value, first, second in zip(parameters, *rows, strict=True):
            parameter.copy_(value.view_as(parameter))
            moments = (part.view_as(parameter).clone() for part in (first, second))
            optimizer.state[parameter] = {
                "step": self.steps[member].clone(),
                **dict(zip(MOMENTS, moments, strict=True)),
            }


def _moments(optimizer: torch.optim.AdamW, parameters: Sequence[Tensor]) -> tuple[tuple[Tensor, Tensor], Tensor]:
    states = [optimizer.state.get(parameter) for parameter in parameters]
    if not all(states):
        zeros = torch.zeros_like(parameters_to_vector(parameters))
        return (zeros, zeros.clone()), torch.zeros((), dtype=torch.float32, device=zeros.device)
    first, second = (torch.cat([state[name].flatten() for state in states if state]) for name in MOMENTS)
    return (first, second), states[0]["step"].clone()  # type: ignore[index]
