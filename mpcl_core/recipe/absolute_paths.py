"""Make the paths in parameters absolute, whatever the parameters are composed of.

A relative path refers to the folder of the file that states it, so each path is paired with its node in the recipe.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass, replace
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from mpcl_core.recipe.load import resolve_path
from mpcl_core.recipe.node import Node
from mpcl_core.spec.composed_values import parts, paths_in


class UnresolvedPathError(Exception):
    """Report a parameter in which paths cannot be found or made absolute."""


def absolute(value: Any, node: Node, paths: dict[Node, str]) -> Any:
    """Make every path absolute that the recipe states in a parameter.

    Args:
        value: the checked value of the parameter.
        node: where the recipe states it.
        paths: takes the absolute path of each node that is one.

    Returns:
        The value with absolute paths.

    Raises:
        UnresolvedPathError: a value is of a type that cannot be looked into, or a path cannot be paired with its node.
    """
    result = _absolute(value, node, paths)
    texts = {PurePath(str(leaf.value)) for leaf in _text_nodes(node)}
    if left := [path for path in paths_in(result) if not path.is_absolute() and path in texts]:
        raise UnresolvedPathError(f"the path '{left[0]}' cannot be made absolute here. State an absolute path.")
    return result


def _absolute(value: Any, node: Node | None, paths: dict[Node, str]) -> Any:
    if node is None:  # a default of the class
        return value
    if isinstance(value, PurePath):
        path = resolve_path(node)
        paths[node] = str(path)
        return type(value)(path)
    inner = parts(value)
    if inner is None:
        raise UnresolvedPathError(
            f"a parameter cannot be of the type {type(value).__name__}, in which paths cannot be found. "
            "Take a dataclass, a named tuple, a list or a mapping."
        )
    if not inner:
        return value
    if isinstance(value, set | frozenset):
        found = (_absolute(part, each, paths) for part in value for each in _mirrors(part, node.entries))
        return type(value)(found)
    if any(isinstance(key, PurePath) for key in inner):
        raise UnresolvedPathError("a path cannot be the key of a mapping. Make it a value.")
    changed = {key: _absolute(part, child, paths) for key, part, child in _paired(value, inner, node)}
    return value if all(changed[key] is part for key, part in inner.items()) else _replaced(value, changed)


def _paired(value: Any, inner: Mapping[Any, Any], node: Node) -> Iterator[tuple[Any, Any, Node | None]]:
    """Pair the parts of a composed value with their nodes.

    Yields:
        Key, part and node; None as the node of what the recipe does not state.
    """
    children: Sequence[Node] = node.entries or list(node.mapping.values())
    in_order = len(children) == len(inner) and not _has_names(value)
    for number, (key, part) in enumerate(inner.items()):
        if node.entries and _has_names(value):  # a named tuple that is written as a list
            yield key, part, children[number] if number < len(children) else None
        elif in_order and not all(str(each) in node.mapping for each in inner):
            yield key, part, children[number]
        else:
            yield key, part, node.mapping.get(str(key)) or node.mapping.get(_alias(value, key))


def _has_names(value: Any) -> bool:
    return isinstance(value, BaseModel) or is_dataclass(value) or hasattr(value, "_fields")


def _alias(value: Any, key: Any) -> str:
    field = getattr(type(value), "__pydantic_fields__", {}).get(key)
    alias = getattr(field, "validation_alias", None) or getattr(field, "alias", None)
    return alias if isinstance(alias, str) else ""


def _mirrors(part: Any, entries: Sequence[Node]) -> list[Node | None]:
    """List the entries of a list that an element of a set may have been made from; a set has no order.

    Returns:
        The nodes; None for an element without one.
    """
    return [entry for entry in entries if _is_mirror(part, entry)] or [None]


def _is_mirror(value: Any, node: Node) -> bool:
    if isinstance(value, PurePath):
        return isinstance(node.value, str) and type(value)(node.value) == value
    if isinstance(value, set | frozenset):
        return len(value) <= len(node.entries) and all(
            any(_is_mirror(part, entry) for entry in node.entries) for part in value
        )
    inner = parts(value)
    if not inner:
        return not (node.mapping or node.entries) and _is_plain_mirror(value, node)
    return all(child is None or _is_mirror(part, child) for _, part, child in _paired(value, inner, node))


def _is_plain_mirror(value: Any, node: Node) -> bool:
    comparable = isinstance(value, str | int | float | bool | None) and type(value) is type(node.value)
    return value == node.value if comparable else True


def _replaced(value: Any, changed: Mapping[Any, Any]) -> Any:
    """Return a copy of a composed value with other parts.

    Returns:
        The copy, of the same class.

    Raises:
        UnresolvedPathError: its class does not allow it.
    """
    try:
        if isinstance(value, Mapping):
            return type(value)(changed)  # type: ignore[call-arg]
        if hasattr(value, "_fields"):
            return value._replace(**changed)
        if isinstance(value, list | tuple | deque):
            return type(value)(changed.values())
        if isinstance(value, BaseModel):
            return value.model_copy(update=dict(changed))
        before = parts(value) or {}
        return replace(value, **{name: part for name, part in changed.items() if part is not before[name]})
    except (TypeError, ValueError) as error:
        raise UnresolvedPathError(f"a path in a {type(value).__name__} cannot be made absolute: {error}.") from error


def _text_nodes(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    for child in (*node.entries, *node.mapping.values()):
        yield from _text_nodes(child)
