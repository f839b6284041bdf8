"""A recipe's tree: values that know where they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mpcl_core.interfaces.errors import Place

Scalar = bool | int | float | str | None


@dataclass(frozen=True, eq=False)
class Node:
    """A value of a recipe, compared by identity.

    Args:
        value: a scalar, a tuple of nodes, or a mapping of keys to nodes.
        place: where it stands.
        key_place: where its key stands, for a value in a mapping.
    """

    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"
    place: Place
    key_place: Place | None = None

    @property
    def mapping(self) -> "Mapping[str, Node]":
        """Its keys and values; none where it is no mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def entries(self) -> "tuple[Node, ...]":
        """Its entries; none where it is no list."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def origin(self) -> Place:
        """The place of its key, or its own where it has none."""
        return self.key_place or self.place


def dotted(key: str, part: str | int) -> str:
    """The key of a part: ``train.lr``, ``prepare[0].hop``."""
    if isinstance(part, int):
        return f"{key}[{part}]"
    part = part if part.isprintable() else repr(part)
    return f"{key}.{part}" if key else part


def shown(value: object) -> str:
    """A value as a message shows it: as YAML writes it, long text shortened."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, tuple | list):
        return "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else repr(value)


def listed(names: list[str], link: str = "and") -> str:
    """``'a', 'b' and 'c'``."""
    quoted = [f"'{name}'" for name in names]
    return f" {link} ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def plain(node: Node, instead: Mapping[Node, Scalar] | None = None) -> Any:
    """The tree as dictionaries, lists and scalars; ``instead`` holds other values for some nodes."""
    if instead and node in instead:
        return instead[node]
    if isinstance(node.value, Mapping):
        return {key: plain(child, instead) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child, instead) for child in node.value]
    return node.value


def origins(node: Node) -> dict[str, tuple[Any, Place]]:
    """Dotted key -> (value, place) of every value that is not taken apart further.

    A list of scalars and an empty list or mapping are one value.
    """
    return dict(_leaves(node, ""))


def _leaves(node: Node, key: str) -> Iterator[tuple[str, tuple[Any, Place]]]:
    parts: list[tuple[str | int, Node]] = [*node.mapping.items()]
    if any(entry.mapping or entry.entries for entry in node.entries):
        parts = [*enumerate(node.entries)]
    if not parts:
        yield key, (plain(node), node.place)
    for part, child in parts:
        yield from _leaves(child, dotted(key, part))
