"""Walk over the tensors in inputs and outputs of components: mappings, tuples and data classes of the interfaces."""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from torch import Tensor

Change = Callable[[str, Tensor], Tensor]
"""(dotted name, tensor) -> the tensor that replaces it."""

WITHOUT_WINDOWS = ("prototypes",)
"""Names of tensors that have no dimension of windows."""


def map_tensors(value: Any, change: Change, name: str = "") -> Any:
    """Replace every tensor of a nested value.

    Args:
        value: tensor, mapping, tuple or data class.
        change: returns the replacement of a tensor.
        name: dotted name of the value.

    Returns:
        The nested value with the replacements; other parts are the same objects.
    """
    if isinstance(value, Tensor):
        return change(name, value)
    if isinstance(value, Mapping):
        return {key: map_tensors(part, change, f"{name}.{key}".strip(".")) for key, part in value.items()}
    if isinstance(value, tuple):
        parts = [map_tensors(part, change, f"{name}.{i}".strip(".")) for i, part in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if is_dataclass(value) and not isinstance(value, type):
        fields = {key: map_tensors(part, change, f"{name}.{key}".strip(".")) for key, part in vars(value).items()}
        return replace(value, **fields) if _has_tensors(value) else value
    return value


def _has_tensors(value: Any) -> bool:
    return any(isinstance(part, Tensor | Mapping) for part in vars(value).values())


def collect_tensors(value: Any) -> dict[str, Tensor]:
    """Collect the tensors of a nested value.

    Args:
        value: tensor, mapping, tuple or data class.

    Returns:
        Dotted name -> tensor.
    """
    found: dict[str, Tensor] = {}

    def collect(name: str, tensor: Tensor) -> Tensor:
        found[name] = tensor
        return tensor

    map_tensors(value, collect)
    return found


def replace_tensors(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """Replace the tensors of a nested value by name.

    Args:
        value: tensor, mapping, tuple or data class.
        tensors: dotted name -> replacement.

    Returns:
        The nested value with the replacements.
    """
    return map_tensors(value, lambda name, _: tensors[name])


def select_windows(value: Any, index: Any) -> Any:
    """Select windows in every tensor of a nested value that has them.

    Args:
        value: tensor, mapping, tuple or data class.
        index: indices or a slice.

    Returns:
        The nested value with the selected windows.
    """
    return map_tensors(value, lambda name, tensor: tensor if name.endswith(WITHOUT_WINDOWS) else tensor[index])


def map_floats(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Replace every floating-point tensor of a nested value.

    Args:
        value: tensor, mapping, tuple or data class.
        change: returns the replacement of a tensor.

    Returns:
        The nested value with the replacements.
    """
    return map_tensors(value, lambda name, tensor: change(tensor) if tensor.is_floating_point() else tensor)
