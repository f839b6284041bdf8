"""Check that a component can be exported: its recorded operations have to hold for any number of windows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from mpcl_core.interfaces.components import Objective
from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand

WINDOWS = 7
"""Windows of the call: a size that no other axis of the made-up inputs has."""

VALUES = {Tensor.__bool__: "bool(tensor)", Tensor.item: "tensor.item()", Tensor.tolist: "tensor.tolist()"}
"""The functions that turn values of tensors into Python's numbers, which a recording fixes."""


def any_number_of_windows(case: Case) -> None:
    """Require that ``forward`` fixes neither the number of windows nor a value.

    `mpcl export` records it once: a recording fixes ``len(tensor)`` but not ``tensor.shape[0]``, and branches on values
    of tensors cannot be recorded.
    """
    if issubclass(case.slot, Objective):
        return
    component, inputs = case.build().eval(), case.make_inputs(WINDOWS, 0)
    with torch.no_grad(), _FixedNumbers() as fixed:
        case.call(component, inputs)
    if fixed.lengths:
        demand(False, "forward fixes the number of windows: use tensor.shape[0] in place of len(tensor) and loops")
    demand(not fixed.values, f"forward uses {', '.join(sorted(fixed.values))}, which cannot be exported")


class _FixedNumbers(TorchFunctionMode):
    """Collect the calls that a recording would replace by a number."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths, self.values = 0, set[str]()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in (Tensor.__len__, Tensor.__iter__) and args[0].shape[0] == WINDOWS:
            self.lengths += 1
        if func in VALUES:
            self.values.add(VALUES[func])
        return func(*args, **(kwargs or {}))
