"""float64 gradcheck of a component, with respect to its inputs and all its parameters."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call


class _Wrapped(nn.Module):
    def __init__(self, module: nn.Module, call: Callable[..., Tensor]) -> None:
        super().__init__()
        self.module, self.call = module, call

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.call(self.module, *inputs)


def gradcheck(module: nn.Module, call: Callable[..., Tensor], *inputs: Tensor) -> bool:
    """Whether the gradients of ``call(module, *inputs)`` are those of finite differences.

    Along a random direction, which is quick. Parameters are moved, so that one that starts at 0 is tested where it
    matters.
    """
    wrapped = _Wrapped(module, call).double()
    names = [name for name, _ in wrapped.named_parameters()]
    start = [p.detach() + 0.1 * torch.randn_like(p) for p in wrapped.parameters()]
    doubles = [x.detach().double() for x in inputs]

    def function(*values: Tensor) -> Tensor:
        given, weights = values[: len(doubles)], values[len(doubles) :]
        result = functional_call(wrapped, dict(zip(names, weights, strict=True)), given)
        assert isinstance(result, Tensor)
        assert result.requires_grad
        return result

    values = [x.requires_grad_() for x in [*doubles, *start]]
    return torch.autograd.gradcheck(function, values, fast_mode=True)
