"""Read a recipe that is passed as a mapping instead of a file."""

from collections.abc import Mapping
from os import PathLike, fspath

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.node import Node, join_key

PLACE = Place("the mapping", 0, 0)
"""The place of all values of such a recipe; relative paths in it refer to the current folder."""


def read_mapping(recipe: Mapping[str, object], faults: list[Fault]) -> Node:
    """Return the tree of a recipe that is a mapping of plain values.

    Args:
        recipe: the keys and values of a recipe. Values are text, numbers, booleans, None, paths, sequences and
            mappings; scalars of numpy count as numbers.
        faults: takes what is wrong.

    Returns:
        The tree; a value that no recipe can hold is replaced by null.
    """
    return _node(recipe, "", faults)


def _node(value: object, key: str, faults: list[Fault]) -> Node:
    if isinstance(value, Mapping):
        return Node({str(name): _node(child, join_key(key, str(name)), faults) for name, child in value.items()}, PLACE)
    if isinstance(value, list | tuple):
        return Node(tuple(_node(child, join_key(key, index), faults) for index, child in enumerate(value)), PLACE)
    if isinstance(value, PathLike):
        value = fspath(value)
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return Node(value, PLACE)
    faults.append(Fault(PLACE, key, f"a recipe cannot hold a value of the type {type(value).__name__}."))
    return Node(None, PLACE)
