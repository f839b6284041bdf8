"""AdamW (Loshchilov & Hutter, ICLR 2019) for one network, and for the stacked parameters of several.

    m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²,   θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)

The step is torch's fused kernel. ``torch.optim.AdamW`` calls the same kernel, but imports torch's compiler first, which
costs every training process a second.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from torch.optim.adamw import adamw

BETAS, EPSILON = (0.9, 0.999), 1e-8


class AdamW:
    """Optimise the parameters of one network.

    Args:
        parameters: what is optimised; a parameter without a gradient stays as it is.
        weight_decay: λ.
    """

    def __init__(self, parameters: Iterable[Tensor], weight_decay: float) -> None:
        self.parameters, self.weight_decay = list(parameters), weight_decay
        self.first, self.second = ([torch.zeros_like(p) for p in self.parameters] for _ in range(2))
        self.steps = [torch.zeros((), dtype=torch.float32, device=p.device) for p in self.parameters]

    def zero_grad(self) -> None:
        """Remove the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Update every parameter that has a gradient.

        Args:
            rate: η.
        """
        places = [place for place, parameter in enumerate(self.parameters) if parameter.grad is not None]
        values = [self.parameters[place] for place in places]
        gradients = [value.grad for value in values if value.grad is not None]
        first, second, steps = (
            [tensors[place] for place in places] for tensors in (self.first, self.second, self.steps)
        )
        _step(values, gradients, first, second, steps, rate, self.weight_decay)

    def state_dict(self) -> dict[str, list[Tensor]]:
        """Return moments and step counts.

        Returns:
            ``first``, ``second`` and ``steps``, each a tensor for each parameter.
        """
        return {"first": self.first, "second": self.second, "steps": self.steps}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Sequence[Tensor]]) -> None:
        """Copy moments and step counts from another optimiser.

        Args:
            state: as `state_dict` returned it.
        """
        for name, tensors in self.state_dict().items():
            for tensor, other in zip(tensors, state[name], strict=True):
                tensor.copy_(other)


class StackedAdamW:
    """Optimise the parameters of several networks, each with its own rate, moments and step count.

    The parameters of a network are one long vector, so that they are a matrix (M P); `parameter_views` are views of it.
    Networks with the same rate are updated in one call.

    Args:
        optimizers: the networks' own optimisers, whose state and settings are copied.
        parameters: the networks' parameters, in the same order for each.
    """

    def __init__(self, optimizers: Sequence[AdamW], parameters: Sequence[Sequence[Tensor]]) -> None:
        self.shapes = [parameter.shape for parameter in parameters[0]]
        self.weight_decay = optimizers[0].weight_decay
        self.values = torch.stack([parameters_to_vector(own) for own in parameters]).detach().requires_grad_()
        self._places = [_places(*own) for own in zip(optimizers, parameters, strict=True)]
        networks = list(zip(optimizers, self._places, strict=True))
        self.first, self.second = (
            torch.stack([torch.cat([getattr(own, name)[place].flatten() for place in at]) for own, at in networks])
            for name in ("first", "second")
        )
        self.steps = [own.steps[at[0]].clone() for own, at in networks]

    def parameter_views(self) -> list[Float[Tensor, "M ..."]]:
        """Return the stacked parameters one by one, as views of the matrix `values`.

        Returns:
            (M …) for each parameter.
        """
        parts = torch.split(self.values, [shape.numel() for shape in self.shapes], dim=1)
        return [part.view(len(part), *shape) for part, shape in zip(parts, self.shapes, strict=True)]

    @torch.no_grad()
    def step(self, gradient: Float[Tensor, "M P"], rates: Mapping[int, float]) -> None:
        """Update the networks that have a rate; the others and their moments stay as they are.

        Args:
            gradient: (M P) of all networks.
            rates: number of the network -> η.
        """
        for rate in dict.fromkeys(rates.values()):
            members = [member for member, own in rates.items() if own == rate]
            values, gradients, first, second = (
                [of[member] for member in members] for of in (self.values, gradient, self.first, self.second)
            )
            _step(values, gradients, first, second, [self.steps[m] for m in members], rate, self.weight_decay)

    @torch.no_grad()
    def write_back(self, member: int, optimizer: AdamW) -> None:
        """Copy the current parameters, moments and step count of a network into its own optimiser.

        Args:
            member: the number of the network.
            optimizer: its own optimiser.
        """
        sizes = [shape.numel() for shape in self.shapes]
        own = [torch.split(values[member], sizes) for values in (self.values, self.first, self.second)]
        for place, *parts in zip(self._places[member], *own, strict=True):
            for tensors, part in zip((optimizer.parameters, optimizer.first, optimizer.second), parts, strict=True):
                tensors[place].copy_(part.view_as(tensors[place]))
            optimizer.steps[place].copy_(self.steps[member])


def _places(optimizer: AdamW, parameters: Sequence[Tensor]) -> list[int]:
    """Find parameters in an optimiser.

    Returns:
        The place of each in ``optimizer.parameters``.
    """
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
