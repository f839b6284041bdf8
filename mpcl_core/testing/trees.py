"""Tensors in what components are given and answer: mappings, tuples, and the data classes of the interfaces."""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from torch import Tensor

Change = Callable[[str, Tensor], Tensor]
"""(dotted name, tensor) -> what takes its place."""

WITHOUT_ROWS = ("prototypes",)
"""The names of what a batch has once, not for each row."""


def mapped(value: Any, change: Change, name: str = "") -> Any:
    """The same with every tensor changed."""
    if isinstance(value, Tensor):
        return change(name, value)
    if isinstance(value, Mapping):
        return {key: mapped(part, change, f"{name}.{key}".strip(".")) for key, part in value.items()}
    if isinstance(value, tuple):
        parts = [mapped(part, change, f"{name}.{i}".strip(".")) for i, part in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if is_dataclass(value) and not isinstance(value, type):
        held = {key: mapped(part, change, f"{name}.{key}".strip(".")) for key, part in vars(value).items()}
        return replace(value, **held) if _has_tensors(value) else value
    return value


def _has_tensors(value: Any) -> bool:
    return any(isinstance(part, Tensor | Mapping) for part in vars(value).values())


def tensors(value: Any) -> dict[str, Tensor]:
    """Dotted name -> each tensor in it."""
    found: dict[str, Tensor] = {}

    def keep(name: str, tensor: Tensor) -> Tensor:
        found[name] = tensor
        return tensor

    mapped(value, keep)
    return found


def filled(value: Any, with_these: Mapping[str, Tensor]) -> Any:
    """The same with other tensors, by dotted name."""
    return mapped(value, lambda name, _: with_these[name])


def rows(value: Any, chosen: Any) -> Any:
    """Some rows of every tensor that has rows."""
    return mapped(value, lambda name, tensor: tensor if name.endswith(WITHOUT_ROWS) else tensor[chosen])


def floats(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same with every tensor of floating-point numbers changed."""
    return mapped(value, lambda name, tensor: change(tensor) if tensor.is_floating_point() else tensor)
