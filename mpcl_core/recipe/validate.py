"""Check a tree against a pydantic model, and report in plain words what is wrong and what is expected."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.interfaces.errors import Fault
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
    return f"no such key.{suggest_name(name, known)} Known: {', '.join(known)}."


def suggest_name(name: str, known: Sequence[str]) -> str:
    """Find a known name that is similar to an unknown one.

    Args:
        name: the unknown name.
        known: the names that exist.

    Returns:
        A question with a space before it; empty where no name is similar.
    """
    near = get_close_matches(name, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


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
        if missing := [str(detail["loc"][-1]) for detail in details if detail["type"] == "missing"]:
            return Fault(node.origin, key, self._missing(missing))
        if any(detail["type"] == "extra_forbidden" for detail in details):
            return Fault(node.origin, key, describe_unknown_key(str(path[-1]), self.known(path[:-1])))
        if about_key := [detail for detail in details if detail["loc"][-1:] == ("[key]",)]:
            return Fault(node.origin, key, _explain(about_key, path[-1]))
        return Fault(node.place, key, _explain(details, to_plain(node)))

    def _missing(self, names: list[str]) -> str:
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
    return deeper and all(detail["type"] in _TYPES for detail in details)


_TYPES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "path_type": "a path",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "dataclass_type": "a mapping",
    "none_required": "null",
}
_BOUNDS = {
    "greater_than": "above {gt:.12g}",
    "greater_than_equal": "at least {ge:.12g}",
    "less_than": "below {lt:.12g}",
    "less_than_equal": "at most {le:.12g}",
    "multiple_of": "a multiple of {multiple_of:.12g}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "string_pattern_mismatch": "text that matches {pattern}",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
}
_NAME = "a name of letters, digits, {marks} that starts with a letter or digit (100 at most)"


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
    if first["type"] in ("too_short", "too_long"):
        bound = "at least {min_length}" if "min_length" in context else "at most {max_length}"
        return f"the number of entries must be {bound.format(**context)}, got {context['actual_length']}."
    if first["type"] in ("value_error", "assertion_error"):
        return f"{context['error']}."
    phrases = list(dict.fromkeys(map(_phrase, details)))
    verb = "must be" if all(detail["type"] in _BOUNDS for detail in details) else "expected"
    return f"{verb} {' or '.join(phrases)}, got {format_value(value)}.{_hint(phrases, value)}"


def _phrase(detail: Any) -> str:
    context = detail.get("ctx", {})
    if context.get("class_name") in ("ComponentBlock", "ObjectiveBlock"):
        return "a block like {use: name}"
    if "]{0,99}$" in str(pattern := context.get("pattern")):
        return _NAME.format(marks="'.', '-' and '_'" if "9._-" in str(pattern) else "'-' and '_'")
    kind = detail["type"]
    template = _TYPES.get(kind) or _BOUNDS.get(kind)
    return template.format(**context) if template else str(detail["msg"])


def _hint(phrases: list[str], value: object) -> str:
    needs_quotes = "text" in phrases or any(repr(str(value)) in phrase for phrase in phrases)
    return " Put it in quotes." if needs_quotes and isinstance(value, int | float) else ""
