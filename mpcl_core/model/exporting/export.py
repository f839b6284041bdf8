"""Record a model as one graph, transforms and network, for any number of windows."""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from mpcl_core.interfaces.component_errors import component_error_line, describe_component
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError, describe_error
from mpcl_core.model.exporting.graph import PreparedGraph
from mpcl_core.testing.trees import WITHOUT_WINDOWS, collect_tensors, replace_tensors

EXAMPLE_WINDOWS = 3
"""Windows of the batch with which the graph is recorded; 0 and 1 would fix the number."""


def export_graph(prepared: PreparedGraph) -> ExportedProgram:
    """Record the operations of a model.

    Args:
        prepared: the model as one module.

    Returns:
        The program, which takes ``X`` and ``present``.

    Raises:
        UsageError: a component cannot be recorded; the message names it.
    """
    X, present = random_inputs(prepared.inputs, EXAMPLE_WINDOWS)
    axes = {name: {0: Dim.DYNAMIC} for name in X}
    try:
        inputs: tuple[Any, ...] = (X, present)
        dynamic: dict[str, Any] = {"X": axes, "present": axes}
        if prepared.takes_trials:
            inputs, dynamic = (*inputs, torch.arange(EXAMPLE_WINDOWS)), {**dynamic, "trial": {0: Dim.DYNAMIC}}
        return _record(prepared.graph, inputs, dynamic)
    except Exception as error:
        place = component_error_line(error) or _unexportable_component(prepared.graph, X, present)
        raise UsageError(f"cannot be exported: {place or describe_error(error)}") from error


def random_inputs(
    modalities: tuple[Modality, ...], n: int, seed: int = 0
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Draw windows of noise in which every modality is absent at random.

    Args:
        modalities: the modalities.
        n: the number of windows.
        seed: of the draw.

    Returns:
        Modality name -> values and modality name -> presence masks.
    """
    generator = torch.Generator().manual_seed(seed)
    shapes = {each.name: (n, each.n_chans, each.n_times or 1) for each in modalities}
    X = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
    return X, {name: torch.rand(n, generator=generator) < 0.7 for name in X}


def _record(module: nn.Module, inputs: tuple[Any, ...], axes: Any) -> ExportedProgram:
    with torch.no_grad(), quiet():
        return torch.export.export(module, inputs, dynamic_shapes=axes, strict=False)


def _unexportable_component(graph: nn.Module, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> str | None:
    """Record each component by itself, with the inputs that it has in the network.

    Returns:
        A line on the first that fails; None where none does.
    """
    calls: list[tuple[NetworkComponent, tuple[Any, ...]]] = []
    hooks = [
        module.register_forward_pre_hook(_collector(calls))
        for module in graph.modules()
        if isinstance(module, NetworkComponent)
    ]
    with torch.no_grad():
        graph(X, present)
    for hook in hooks:
        hook.remove()
    for component, inputs in reversed(calls):  # parts of a component come after it
        tensors = collect_tensors(inputs)
        axes = tuple(None if name.endswith(WITHOUT_WINDOWS) else {0: Dim.DYNAMIC} for name in tensors)
        try:
            _record(_Flat(component, inputs), tuple(tensors.values()), (axes,))
        except Exception as error:
            is_fixed = "specialized" in str(error) or "constraint" in str(error).lower()
            reason = "it fixes the number of windows; use tensor.shape[0] in place of len(tensor)"
            return f"{describe_component(component)}: {reason if is_fixed else describe_error(error)}"
    return None


def _collector(calls: list[tuple[NetworkComponent, tuple[Any, ...]]]) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def collect(module: nn.Module, inputs: tuple[Any, ...]) -> None:
        assert isinstance(module, NetworkComponent)
        calls.append((module, inputs))

    return collect


class _Flat(nn.Module):
    """Call a component with its nested inputs as a list of tensors."""

    def __init__(self, component: nn.Module, inputs: tuple[Any, ...]) -> None:
        super().__init__()
        self.component, self.inputs = component, inputs

    def forward(self, *tensors: Tensor) -> list[Tensor]:
        named = dict(zip(collect_tensors(self.inputs), tensors, strict=True))
        return list(collect_tensors(self.component(*replace_tensors(self.inputs, named))).values())


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out what torch logs and warns of while it records operations."""
    loggers = [logging.getLogger(name) for name in ("torch", "torch.onnx", "torch.export", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
