"""Check a tree against a pydantic model, and report in plain words what is wrong and what is expected."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.interfaces.errors import Fault
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.expectations import (
    BOUNDS,
    MISSING,
    SENTENCES,
    SIZES,
    TYPES,
    UNKNOWN_KEY,
    expectation,
    is_of_plugin,
)
from mpcl_core.recipe.node import Node, format_names, format_value, join_key, to_plain

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
"""No bool for a number, no 3.0 for a whole number, no key that the model lacks."""

M = TypeVar("M", bound=BaseModel)
Location = tuple[str | int, ...]
"""The keys and indices that lead to a value."""


def validate_node(
    model: type[M],
    node: Node,
    key: str,
    faults: list[Fault],
    known: Callable[[Location], Sequence[str]] = lambda path: (),
    owner: str = "",
) -> M | None:
    """Convert a node to an instance of a model.

    It is checked as JSON, which has no tuples and no paths: lists and text become them, and the check stays strict.

    Args:
        model: the model.
        node: the values.
        key: the dotted key of the node.
        faults: takes what is wrong.
        known: returns the keys that the mapping at a path may have, for the message about an unknown key.
        owner: what needs a missing key, where that is not the recipe itself.

    Returns:
        The instance; None where there is a fault.
    """
    try:
        return model.model_validate_json(json.dumps(to_plain(node)))
    except ValidationError as error:
        faults += _ErrorTranslator(node, key, known, owner).faults(error)
    return None


def describe_unknown_key(name: str, known: Sequence[str]) -> str:
    """Return the message about an unknown key.

    Args:
        name: the key.
        known: the keys that exist.

    Returns:
        The message.
    """
    listed = f" Known: {', '.join(known)}." if known else ""
    return f"no such key.{suggest_name(name, known)}{listed}"


@dataclass(frozen=True)
class _ErrorTranslator:
    """Translate pydantic's errors about a node into faults; the arguments are those of `validate_node`."""

    node: Node
    key: str
    known: Callable[[Location], Sequence[str]]
    owner: str

    def faults(self, error: ValidationError) -> list[Fault]:
        """Translate errors; all errors of the choices of a union about one value are one fault.

        Args:
            error: what pydantic raised.

        Returns:
            One fault for each value.
        """
        by_path: dict[Location, list[Any]] = {}
        for detail in error.errors(include_url=False, include_input=False):
            by_path.setdefault(_path(self.node, detail["loc"]), []).append(detail)
        return [
            self._fault(path, details)
            for path, details in by_path.items()
            if not _is_about_another_choice(details, path, by_path)
        ]

    def _fault(self, path: Location, details: list[Any]) -> Fault:
        node, key = self.node, self.key
        for part in path:
            node = node.mapping[part] if isinstance(part, str) else node.entries[part]
            key = join_key(key, part)
        if missing := [detail["loc"][-1] for detail in details if detail["type"] in MISSING]:
            return Fault(node.origin, key, self._missing(missing, len(node.entries)))
        if any(detail["type"] in UNKNOWN_KEY for detail in details):
            return Fault(node.origin, key, describe_unknown_key(str(path[-1]), self.known(path[:-1])))
        if about_key := [detail for detail in details if detail["loc"][-1:] == ("[key]",)]:
            return Fault(node.origin, key, _explain(about_key, path[-1]))
        return Fault(node.place, key, _explain(details, to_plain(node)))

    def _missing(self, parts: list[str | int], n_entries: int) -> str:
        if numbers := [part for part in parts if isinstance(part, int)]:
            return _describe_size(max(numbers) + 1, n_entries)
        names = list(map(str, parts))
        if self.owner:
            return f"{self.owner} needs {format_names(names)}."
        return f"{format_names(names)} {'are' if names[1:] else 'is'} missing."


def _path(node: Node, loc: tuple[str | int, ...]) -> Location:
    """Return the part of an error's location that exists in the recipe.

    Args:
        node: the tree.
        loc: pydantic's location, which also names the choices of a union.

    Returns:
        Keys and indices.
    """
    path: list[str | int] = []
    for part in loc:
        if isinstance(part, str) and part in node.mapping:
            node = node.mapping[part]
        elif isinstance(part, int) and part < len(node.entries):
            node = node.entries[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _is_about_another_choice(details: list[Any], path: Location, by_path: Mapping[Location, object]) -> bool:
    """Return whether errors only reject one type, while the value has faults inside as another type.

    Args:
        details: the errors about a value.
        path: where it is.
        by_path: the errors of all values.

    Returns:
        Whether these errors can be left out.
    """
    deeper = any(len(other) > len(path) and other[: len(path)] == path for other in by_path)
    return deeper and all(detail["type"] in TYPES for detail in details)


def _describe_size(expected: int, actual: int) -> str:
    return f"expected {expected} {'entry' if expected == 1 else 'entries'}, got {actual}."


def _explain(details: list[Any], value: object) -> str:
    """Explain why a value is refused; the choices of a union are joined by *or*.

    Args:
        details: the errors about the value.
        value: the value.

    Returns:
        The message.
    """
    first = details[0]
    context = first.get("ctx", {})
    if first["type"] in SIZES:
        if context["field_type"] == "Tuple" and "max_length" in context:
            return _describe_size(context["max_length"], context["actual_length"])
        bound = "at least {min_length}" if "min_length" in context else "at most {max_length}"
        return f"the number of entries must be {bound.format(**context)}, got {context['actual_length']}."
    if first["type"] in SENTENCES:
        return f"{context['error']}."
    if is_of_plugin(first):
        return f"{first['msg'].rstrip('.')}."
    phrases = list(dict.fromkeys(map(expectation, details)))
    verb = "must be" if all(detail["type"] in BOUNDS for detail in details) else "expected"
    return f"{verb} {' or '.join(phrases)}, got {format_value(value)}.{_hint(phrases, value)}"


def _hint(phrases: list[str], value: object) -> str:
    needs_quotes = "text" in phrases or any(repr(str(value)) in phrase for phrase in phrases)
    return " Put it in quotes." if needs_quotes and isinstance(value, int | float) else ""
