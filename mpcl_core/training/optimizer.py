"""Optimise networks: AdamW (Loshchilov & Hutter, ICLR 2019) for one or for stacked ones, or an optimiser of torch.

    m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²,   θ ← (1 - η λ) θ - η m̂ / (√v̂ + ε)

The step of AdamW is torch's fused kernel, called directly: ``torch.optim.AdamW`` calls the same kernel, but imports
torch's compiler first, which costs every training process a second, and sorts the parameters anew at every step.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils import parameters_to_vector

from mpcl_core.spec.training import TrainSettings

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
        device = self.parameters[0].device if self.parameters else None
        self._counts = torch.zeros(len(self.parameters), dtype=torch.float32, device=device)
        self.steps = list(self._counts.unbind())
        """The step count of each parameter, a view of one tensor."""

    def zero_grad(self) -> None:
        """Remove the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float, clip: float = math.inf) -> None:
        """Scale the gradients down to a length, and update every parameter that has one.

        Args:
            rate: η.
            clip: the highest length of all gradients as one vector.
        """
        gradients = [parameter.grad for parameter in self.parameters]
        present = [gradient for gradient in gradients if gradient is not None]
        if not present:
            return
        if clip < math.inf:
            _clip(present, clip)
        tensors = (self.parameters, self.first, self.second, self.steps)
        if len(present) == len(gradients):
            self._counts.add_(1)
            values, first, second, steps = tensors
        else:
            places = [place for place, gradient in enumerate(gradients) if gradient is not None]
            self._counts[places] += 1
            values, first, second, steps = ([of[place] for place in places] for of in tensors)
        _step(values, present, first, second, steps, rate, self.weight_decay)

    def state_dict(self) -> dict[str, Any]:
        """Return moments and step counts.

        Returns:
            ``first``, ``second`` and ``steps``, each a tensor for each parameter.
        """
        return {"first": self.first, "second": self.second, "steps": self.steps}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy moments and step counts from another optimiser.

        Args:
            state: as `state_dict` returned it.
        """
        for name, tensors in self.state_dict().items():
            for tensor, other in zip(tensors, state[name], strict=True):
                tensor.copy_(other)


class TorchOptimizer:
    """Optimise the parameters of one network with the class of ``torch.optim`` that a recipe names.

    Args:
        parameters: what is optimised; a parameter without a gradient stays as it is.
        settings: ``train``, which states the class.
    """

    def __init__(self, parameters: Iterable[Tensor], settings: TrainSettings) -> None:
        if settings.optimizer is None:
            raise TypeError("train.optimizer states no class")
        self.parameters = [parameter for parameter in parameters if parameter.requires_grad]
        self.torch_optimizer = settings.optimizer.build(self.parameters, settings.lr, settings.weight_decay)

    def zero_grad(self) -> None:
        """Remove the gradients."""
        self.torch_optimizer.zero_grad()

    @torch.no_grad()
    def step(self, rate: float, clip: float = math.inf) -> None:
        """Scale the gradients down to a length, and update every parameter that has one.

        Args:
            rate: the learning rate of this step.
            clip: the highest length of all gradients as one vector.
        """
        present = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        if not present:
            return
        if clip < math.inf:
            _clip(present, clip)
        for group in self.torch_optimizer.param_groups:
            group["lr"] = rate
        self.torch_optimizer.step()

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the optimiser.

        Returns:
            As torch returns it.
        """
        return self.torch_optimizer.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy the state of another optimiser of the same class.

        Args:
            state: as `state_dict` returned it.
        """
        self.torch_optimizer.load_state_dict(deepcopy(dict(state)))


Optimizer = AdamW | TorchOptimizer


def build_optimizer(parameters: Iterable[Tensor], settings: TrainSettings) -> Optimizer:
    """Build the optimiser that ``train`` states.

    Args:
        parameters: what is optimised.
        settings: ``train``.

    Returns:
        The optimiser, before its first step.
    """
    return TorchOptimizer(parameters, settings) if settings.optimizer else AdamW(parameters, settings.weight_decay)


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
            steps = [self.steps[member] for member in members]
            torch._foreach_add_(steps, 1)
            _step(values, gradients, first, second, steps, rate, self.weight_decay)

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


def _clip(gradients: list[Tensor], highest: float) -> None:
    """Scale gradients down to a length, as ``torch.nn.utils.clip_grad_norm_`` does."""
    norm: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    if norm.device.type != "cpu" or not norm <= highest:  # a GPU would have to wait for the number
        torch._foreach_mul_(gradients, (highest / (norm + 1e-6)).clamp(max=1.0))


def _step(
    values: list[Tensor],
    gradients: list[Tensor],
    first: list[Tensor],
    second: list[Tensor],
    steps: list[Tensor],
    rate: float,
    weight_decay: float,
) -> None:
    torch._fused_adamw_(
        values,
        gradients,
        first,
        second,
        [],
        steps,
        amsgrad=False,
        lr=rate,
        beta1=BETAS[0],
        beta2=BETAS[1],
        weight_decay=weight_decay,
        eps=EPSILON,
        maximize=False,
    )
