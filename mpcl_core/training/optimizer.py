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

from mpcl_core.spec.training import TrainSettings

BETAS, EPSILON = (0.9, 0.999), 1e-8

_PARTS = 8
"""Into how many parts the networks of a stack are divided for their gradients."""


class AdamW:
    """Optimise the parameters of one network.

    Args:
        parameters: what is optimised; a parameter without a gradient stays as it is.
        weight_decay: λ.
    """

    def __init__(self, parameters: Iterable[Tensor], weight_decay: float) -> None:
        self.parameters, self.weight_decay = list(parameters), weight_decay
        self.first, self.second = ([p.new_zeros(()).expand_as(p) for p in self.parameters] for _ in range(2))
        self._has_moments = False  # they take memory from the first step on; a stack brings its own
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
        self._allocate()
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
        """Copy moments and step counts.

        Returns:
            ``first``, ``second`` and ``steps``, each a tensor for each parameter.
        """
        return {name: [tensor.clone() for tensor in tensors] for name, tensors in self._state().items()}

    def _allocate(self) -> None:
        if not self._has_moments:
            self.first, self.second = ([each.clone() for each in moments] for moments in (self.first, self.second))
            self._has_moments = True

    def _state(self) -> dict[str, list[Tensor]]:
        return {"first": self.first, "second": self.second, "steps": self.steps}

    @torch.no_grad()
    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy moments and step counts from another optimiser.

        Args:
            state: as `state_dict` returned it.
        """
        self._allocate()
        for name, tensors in self._state().items():
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

    The parameters of a network are one long vector, so that they are a matrix (M P), as are gradients and moments;
    `parameters` are views of it. Networks with the same rate are updated in one call. The networks' own parameters and
    moments become views of the matrices, too, so that a network is held once. Gradients are joined and used for a part
    of the networks at a time: a matrix of them all would take as much memory as the parameters do.

    Args:
        optimizers: the networks' own optimisers, with their state and settings.
        parameters: the networks' parameters, in the same order for each.
    """

    def __init__(self, optimizers: Sequence[AdamW], parameters: Sequence[Sequence[Tensor]]) -> None:
        self.weight_decay = optimizers[0].weight_decay
        self._places = [_places(*own) for own in zip(optimizers, parameters, strict=True)]
        networks = list(zip(optimizers, self._places, strict=True))
        self.shapes = [parameter.shape for parameter in parameters[0]]
        self.values = _joined(parameters)
        self.parameters = [view.requires_grad_() for view in self._split(self.values)]
        """(M …) each parameter of all networks."""
        self.first, self.second = (
            _joined([[getattr(own, name)[place] for place in at] for own, at in networks])
            for name in ("first", "second")
        )
        self.steps = [own.steps[at[0]].clone() for own, at in networks]

    def _split(self, matrix: Float[Tensor, "M P"]) -> list[Float[Tensor, "M ..."]]:
        parts = torch.split(matrix, [shape.numel() for shape in self.shapes], dim=1)
        return [part.view(len(part), *shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def step(self, loss: Float[Tensor, ""], rates: Mapping[int, float], clip: float = math.inf) -> None:
        """Update the networks that have a rate; the others and their moments stay as they are.

        Args:
            loss: the sum of the networks' losses.
            rates: number of the network -> η.
            clip: the highest length of the gradient of a network.
        """
        gradients = torch.autograd.grad(loss, self.parameters)
        for members in torch.arange(len(self.values)).chunk(_PARTS):
            start, stop = int(members[0]), int(members[-1]) + 1
            gradient = torch.cat([own[start:stop].reshape(stop - start, -1) for own in gradients], dim=1)
            if clip < math.inf:
                norm: Tensor = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
                gradient.mul_((clip / (norm + 1e-6)).clamp(max=1.0))
            learning = [member for member in range(start, stop) if member in rates]
            self._update({member: gradient[member - start] for member in learning}, rates)

    @torch.no_grad()
    def _update(self, gradient: Mapping[int, Float[Tensor, "P"]], rates: Mapping[int, float]) -> None:
        for rate in dict.fromkeys(rates[member] for member in gradient):
            members = [member for member in gradient if rates[member] == rate]
            values, first, second = (
                [of[member] for member in members] for of in (self.values, self.first, self.second)
            )
            gradients = [gradient[member] for member in members]
            steps = [self.steps[member] for member in members]
            torch._foreach_add_(steps, 1)
            _step(values, gradients, first, second, steps, rate, self.weight_decay)

    @torch.no_grad()
    def write_back(self, member: int, optimizer: AdamW) -> None:
        """Copy the step count of a network into its own optimiser, which has its parameters and moments.

        Args:
            member: the number of the network.
            optimizer: its own optimiser.
        """
        for place in self._places[member]:
            optimizer.steps[place].copy_(self.steps[member])


@torch.no_grad()
def _joined(networks: Sequence[Sequence[Tensor]]) -> Float[Tensor, "M P"]:
    """Copy the tensors of each network into a row of a matrix, and make them views of it.

    Returns:
        The matrix.
    """
    sizes, first = [tensor.numel() for tensor in networks[0]], networks[0][0]
    joined = torch.empty(len(networks), sum(sizes), dtype=first.dtype, device=first.device)
    for row, tensors in zip(joined, networks, strict=True):
        for tensor, part in zip(tensors, torch.split(row, sizes), strict=True):
            part.copy_(tensor.flatten())
            tensor.data = part.view_as(tensor)
    return joined


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
