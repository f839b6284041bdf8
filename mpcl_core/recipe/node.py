"""Hold a recipe as a tree of values with their places in the text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mpcl_core.interfaces.errors import Place

Scalar = bool | int | float | str | None


@dataclass(frozen=True, eq=False)
class Node:
    """Hold a value of a recipe; nodes are compared by identity.

    Args:
        value: a scalar, a tuple of nodes, or a mapping of keys to nodes.
        place: where the value stands in the text.
        key_place: where its key stands, for a value in a mapping.
        may_patch_entries: whether its keys may be numbers of a list's entries, as in ``prepare.0.length``.
    """

    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"
    place: Place
    key_place: Place | None = None
    may_patch_entries: bool = False

    @property
    def mapping(self) -> "Mapping[str, Node]":
        """Return the keys and values; none where the value is no mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def entries(self) -> "tuple[Node, ...]":
        """Return the entries; none where the value is no list."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def origin(self) -> Place:
        """Return the place of the key, or of the value where it has none."""
        return self.key_place or self.place


def join_key(key: str, part: str | int) -> str:
    """Return the dotted key of a part, such as ``train.lr`` or ``prepare[0].hop``.

    Args:
        key: the dotted key of the whole.
        part: the key or the index of the part.

    Returns:
        The dotted key.
    """
    if isinstance(part, int):
        return f"{key}[{part}]"
    part = part if part.isprintable() else repr(part)
    return f"{key}.{part}" if key else part


def format_value(value: object) -> str:
    """Format a value for a message, as YAML writes it, with long text shortened.

    Args:
        value: the value.

    Returns:
        Its text.
    """
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, tuple | list):
        return "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else repr(value)


def format_names(names: list[str], link: str = "and") -> str:
    """Format names as ``'a', 'b' and 'c'``.

    Args:
        names: the names.
        link: the word before the last one.

    Returns:
        The text.
    """
    quoted = [f"'{name}'" for name in names]
    return f" {link} ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def to_plain(node: Node, replacements: Mapping[Node, Scalar] | None = None) -> Any:
    """Convert a tree to dictionaries, lists and scalars.

    Args:
        node: the tree.
        replacements: other values for some nodes.

    Returns:
        The plain values.
    """
    if replacements and node in replacements:
        return replacements[node]
    if isinstance(node.value, Mapping):
        return {key: to_plain(child, replacements) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [to_plain(child, replacements) for child in node.value]
    return node.value


def list_values(node: Node) -> dict[str, tuple[Any, Place]]:
    """List every value of a tree with its place.

    A list of scalars and an empty list or mapping are one value.

    Args:
        node: the tree.

    Returns:
        Dotted key -> value and place.
    """
    return dict(_leaves(node, ""))


def _leaves(node: Node, key: str) -> Iterator[tuple[str, tuple[Any, Place]]]:
    parts: list[tuple[str | int, Node]] = [*node.mapping.items()]
    if any(entry.mapping or entry.entries for entry in node.entries):
        parts = [*enumerate(node.entries)]
    if not parts:
        yield key, (to_plain(node), node.place)
    for part, child in parts:
        yield from _leaves(child, join_key(key, part))
