"""The check that copies of a component can be trained together, as folds and seeds are."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from mpcl_core.interfaces.components import Memory
from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand_equal
from mpcl_core.testing.sample_data import D, distributions, noise
from mpcl_core.testing.trees import filled, tensors

COPIES, CLOSE = 3, 1e-4

Tensors = dict[str, Tensor]


def stackable(case: Case) -> None:
    """Stacked copies under `torch.func.vmap` give what each gives alone, also gradients and ``updated``: folds are
    trained together. A component that cannot says ``stackable = False``.
    """
    copies = [case.build().eval() for _ in range(COPIES)]
    if not copies[0].stackable:
        return
    given = [case.given(4, seed) for seed in range(COPIES)]
    parts = [tensors(one) for one in given]

    def answer(state: Tensors, held: Tensors) -> Tensors:
        return case.answer(_Called(copies[0], state), filled(given[0], held))

    _compare(answer, copies, parts, "{} differs between stacked copies and one by one")
    if list(copies[0].parameters()):
        slope = _slope(answer, dict(copies[0].named_parameters()))
        _compare(slope, copies, parts, "the gradient of {} differs between stacked copies and one by one")
        _stacked(slope, [copy.train() for copy in copies], parts)
    if isinstance(copies[0], Memory):
        _compare_updates(copies)


def _slope(answer: "Call", learned: Tensors) -> "Call":
    """The gradient by each parameter."""

    def loss(parameters: Tensors, buffers: Tensors, held: Tensors) -> Tensor:
        answers = answer({**parameters, **buffers}, held)
        return torch.stack([values.square().mean() for values in answers.values()]).sum()

    def slope(state: Tensors, held: Tensors) -> Tensors:
        parameters = {name: state[name] for name in learned}
        buffers = {name: value for name, value in state.items() if name not in learned}
        found: Tensors = grad(loss)(parameters, buffers, held)
        return found

    return slope


def _compare_updates(copies: list[Any]) -> None:
    given = [{"z": noise(6, D, seed=i), "D": distributions(6, i), "weight": torch.ones(6)} for i in range(COPIES)]

    def updated(state: Tensors, held: Tensors) -> Tensors:
        module = _Updated(copies[0])
        inside = {f"memory.{name}": value for name, value in state.items()}
        answer: Tensors = functional_call(module, inside, (held["z"], held["D"], held["weight"]))
        return answer

    with torch.no_grad():
        _compare(updated, copies, given, "'{}' of updated() differs between stacked copies and one by one")


Call = Callable[[Tensors, Tensors], Tensors]


def _compare(call: Call, copies: list[Any], given: list[Tensors], message: str) -> None:
    together = _stacked(call, copies, given)
    for number, copy in enumerate(copies):
        state = {**dict(copy.named_parameters()), **dict(copy.named_buffers())}
        for name, alone in call({key: value.detach() for key, value in state.items()}, given[number]).items():
            demand_equal(together[name][number], alone, message.format(name), CLOSE)


def _stacked(call: Call, copies: list[Any], given: list[Tensors]) -> Tensors:
    parameters, buffers = stack_module_state(copies)
    state = {name: value.detach() for name, value in {**parameters, **buffers}.items()}
    held = {name: torch.stack([one[name] for one in given]) for name in given[0]}
    answer: Tensors = vmap(call, randomness="different")(state, held)
    return answer


class _Called(nn.Module):
    """A module that answers with other weights."""

    def __init__(self, module: nn.Module, state: Tensors) -> None:
        super().__init__()
        self._held, self._state = [module], state

    def forward(self, *given: Any) -> Any:
        return functional_call(self._held[0], self._state, given)


class _Updated(nn.Module):
    """A memory whose call is ``updated``."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory

    def forward(self, z: Tensor, D: Tensor, weight: Tensor) -> Tensors:
        return self.memory.updated(z, D, weight)
