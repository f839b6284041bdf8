"""Check that stacked copies of a component give the results of the single copies, as cohort training needs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from mpcl_core.interfaces.components import Memory
from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand_equal
from mpcl_core.testing.sample_data import D, distributions, noise
from mpcl_core.testing.trees import collect_tensors, replace_tensors

COPIES, CLOSE = 3, 1e-4

Tensors = dict[str, Tensor]


def stackable(case: Case) -> None:
    """Require equal outputs, gradients and updates of stacked and of single copies.

    Cohort training stacks the networks of several jobs with `torch.func.vmap`. A component that cannot be stacked sets
    ``stackable = False``.
    """
    copies = [case.build().eval() for _ in range(COPIES)]
    if not copies[0].stackable:
        return
    inputs = [case.make_inputs(4, seed) for seed in range(COPIES)]
    tensors = [collect_tensors(each) for each in inputs]

    def forward(state: Tensors, values: Tensors) -> Tensors:
        return case.call(_WithState(copies[0], state), replace_tensors(inputs[0], values))

    _compare(forward, copies, tensors, "{} differs between stacked and single copies")
    if list(copies[0].parameters()):
        gradient = _differentiate(forward, dict(copies[0].named_parameters()))
        _compare(gradient, copies, tensors, "the gradient of {} differs between stacked and single copies")
        _call_stacked(gradient, [copy.train() for copy in copies], tensors)
    if isinstance(copies[0], Memory):
        _compare_updates(copies)


def _differentiate(forward: "Call", learned: Tensors) -> "Call":
    """Make the function that computes the gradient by each parameter.

    Args:
        forward: (state, inputs) -> outputs.
        learned: the parameters, by name.

    Returns:
        (state, inputs) -> gradients.
    """

    def loss(parameters: Tensors, buffers: Tensors, values: Tensors) -> Tensor:
        outputs = forward({**parameters, **buffers}, values)
        return torch.stack([output.square().mean() for output in outputs.values()]).sum()

    def gradient(state: Tensors, values: Tensors) -> Tensors:
        parameters = {name: state[name] for name in learned}
        buffers = {name: value for name, value in state.items() if name not in learned}
        found: Tensors = grad(loss)(parameters, buffers, values)
        return found

    return gradient


def _compare_updates(copies: list[Any]) -> None:
    inputs = [{"z": noise(6, D, seed=i), "D": distributions(6, i), "weight": torch.ones(6)} for i in range(COPIES)]

    def update(state: Tensors, values: Tensors) -> Tensors:
        module = _Updated(copies[0])
        nested = {f"memory.{name}": value for name, value in state.items()}
        new: Tensors = functional_call(module, nested, (values["z"], values["D"], values["weight"]))
        return new

    with torch.no_grad():
        _compare(update, copies, inputs, "'{}' of updated() differs between stacked and single copies")


Call = Callable[[Tensors, Tensors], Tensors]


def _compare(call: Call, copies: list[Any], inputs: list[Tensors], message: str) -> None:
    stacked = _call_stacked(call, copies, inputs)
    for number, copy in enumerate(copies):
        state = {**dict(copy.named_parameters()), **dict(copy.named_buffers())}
        for name, single in call({key: value.detach() for key, value in state.items()}, inputs[number]).items():
            demand_equal(stacked[name][number], single, message.format(name), CLOSE)


def _call_stacked(call: Call, copies: list[Any], inputs: list[Tensors]) -> Tensors:
    parameters, buffers = stack_module_state(copies)
    state = {name: value.detach() for name, value in {**parameters, **buffers}.items()}
    values = {name: torch.stack([each[name] for each in inputs]) for name in inputs[0]}
    outputs: Tensors = vmap(call, randomness="different")(state, values)
    return outputs


class _WithState(nn.Module):
    """Call a module with other weights."""

    def __init__(self, module: nn.Module, state: Tensors) -> None:
        super().__init__()
        self._module, self._state = [module], state

    def forward(self, *inputs: Any) -> Any:
        return functional_call(self._module[0], self._state, inputs)


class _Updated(nn.Module):
    """Call ``updated`` of a memory as ``forward``."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory

    def forward(self, z: Tensor, D: Tensor, weight: Tensor) -> Tensors:
        return self.memory.updated(z, D, weight)
