"""AdamW (Loshchilov & Hutter, ICLR 2019) for one network, and for the stacked parameters of several.

    m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²,   θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)

It is torch's fused kernel. ``torch.optim.AdamW`` calls the same, but imports torch's compiler first, which takes a
second of every process that trains.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from torch.optim.adamw import adamw

BETAS, EPSILON = (0.9, 0.999), 1e-8


class AdamW:
    """The optimiser of a network.

    Args:
        parameters: what it changes; one without a gradient stays as it is.
        weight_decay: λ.
    """

    def __init__(self, parameters: Iterable[Tensor], weight_decay: float) -> None:
        self.parameters, self.weight_decay = list(parameters), weight_decay
        self.first, self.second = ([torch.zeros_like(p) for p in self.parameters] for _ in range(2))
        self.steps = [torch.zeros((), dtype=torch.float32, device=p.device) for p in self.parameters]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step along the gradients."""
        learned = [number for number, parameter in enumerate(self.parameters) if parameter.grad is not None]
        values = [self.parameters[number] for number in learned]
        gradients = [value.grad for value in values if value.grad is not None]
        first, second, steps = (
            [tensors[number] for number in learned] for tensors in (self.first, self.second, self.steps)
        )
        _step(values, gradients, first, second, steps, rate, self.weight_decay)

    def state_dict(self) -> dict[str, list[Tensor]]:
        """Moments and steps, by parameter."""
        return {"first": self.first, "second": self.second, "steps": self.steps}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Sequence[Tensor]]) -> None:
        """Go on from where another one stood."""
        for name, mine in self.state_dict().items():
            for tensor, other in zip(mine, state[name], strict=True):
                tensor.copy_(other)


class StackedAdamW:
    """The optimisers of several networks, and their parameters (M P), from which parameter_views are made.

    Each has its own rate and step. A member's parameters are one long vector; members of one rate share a call.

    Args:
        optimizers: the members' own, whose state and settings are taken over.
        parameters: the members' parameters, in one order.
    """

    def __init__(self, optimizers: Sequence[AdamW], parameters: Sequence[Sequence[Tensor]]) -> None:
        self.shapes = [parameter.shape for parameter in parameters[0]]
        self.weight_decay = optimizers[0].weight_decay
        self.values = torch.stack([parameters_to_vector(own) for own in parameters]).detach().requires_grad_()
        self._places = [_places(*own) for own in zip(optimizers, parameters, strict=True)]
        members = list(zip(optimizers, self._places, strict=True))
        self.first, self.second = (
            torch.stack([torch.cat([getattr(own, name)[place].flatten() for place in at]) for own, at in members])
            for name in ("first", "second")
        )
        self.steps = [own.steps[at[0]].clone() for own, at in members]

    def parameter_views(self) -> list[Float[Tensor, "M ..."]]:
        """The stacked parameters one by one, as parameter_views of `values`."""
        parts = torch.split(self.values, [shape.numel() for shape in self.shapes], dim=1)
        return [part.view(len(part), *shape) for part, shape in zip(parts, self.shapes, strict=True)]

    @torch.no_grad()
    def step(self, gradient: Float[Tensor, "M P"], rates: Mapping[int, float]) -> None:
        """One step of the members that have a rate; the others, and their moments, stay as they are."""
        for rate in dict.fromkeys(rates.values()):
            members = [member for member, own in rates.items() if own == rate]
            values, gradients, first, second = (
                [of[member] for member in members] for of in (self.values, gradient, self.first, self.second)
            )
            _step(values, gradients, first, second, [self.steps[m] for m in members], rate, self.weight_decay)

    @torch.no_grad()
    def settle(self, member: int, optimizer: AdamW) -> None:
        """Give a member's own parameters and optimiser what they are now."""
        sizes = [shape.numel() for shape in self.shapes]
        mine = [torch.split(values[member], sizes) for values in (self.values, self.first, self.second)]
        for place, *parts in zip(self._places[member], *mine, strict=True):
            for tensors, part in zip((optimizer.parameters, optimizer.first, optimizer.second), parts, strict=True):
                tensors[place].copy_(part.view_as(tensors[place]))
            optimizer.steps[place].copy_(self.steps[member])


def _places(optimizer: AdamW, parameters: Sequence[Tensor]) -> list[int]:
    """Where the parameters stand in the optimiser."""
    places = {id(parameter): place for place, parameter in enumerate(optimizer.parameters)}
    return [places[id(parameter)] for parameter in parameters]


def _step(
    values: list[Tensor],
    gradients: list[Tensor],
    first: list[Tensor],
    second: list[Tensor],
    steps: list[Tensor],
    rate: float,
    weight_decay: float,
) -> None:
    adamw(
        values,
        gradients,
        first,
        second,
        [],
        steps,
        fused=True,
        amsgrad=False,
        beta1=BETAS[0],
        beta2=BETAS[1],
        lr=rate,
        weight_decay=weight_decay,
        eps=EPSILON,
        maximize=False,
    )
