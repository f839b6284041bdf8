"""Checks a tree against a pydantic model, and says in plain words what is wrong and what would be right."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.interfaces.errors import Fault
from mpcl_core.recipe.node import Node, dotted, listed, plain, shown

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
"""No bool for a number, no 3.0 for a whole number, no key that the model lacks."""

M = TypeVar("M", bound=BaseModel)
Location = tuple[str | int, ...]
"""The keys and indices that lead to a value."""


def checked(
    model: type[M],
    node: Node,
    key: str,
    faults: list[Fault],
    known: Callable[[Location], Sequence[str]] = lambda path: (),
    owner: str = "",
) -> M | None:
    """The node as an instance of the model, or None where it is none.

    It is checked as JSON, which has no tuples and no paths: lists and text become them, and stay strict.

    Args:
        model: what it must be.
        node: the values.
        key: the dotted key of the node.
        faults: takes what is wrong.
        known: the keys that the mapping at a path may have, to be named where one is unknown.
        owner: who needs what is missing, if not the recipe itself.
    """
    try:
        return model.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        faults += _Explainer(node, key, known, owner).faults(error)
    return None


def unknown_key(name: str, known: Sequence[str]) -> str:
    """What to say of a key that does not exist."""
    return f"no such key.{did_you_mean(name, known)} Known: {', '.join(known)}."


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A suggestion with a space before it, or nothing."""
    near = get_close_matches(name, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


@dataclass(frozen=True)
class _Explainer:
    """Turns pydantic's errors about a node into faults; the arguments are those of `checked`."""

    node: Node
    key: str
    known: Callable[[Location], Sequence[str]]
    owner: str

    def faults(self, error: ValidationError) -> list[Fault]:
        """One fault for each value: what a union says of one value is one message."""
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
            key = dotted(key, part)
        if missing := [str(detail["loc"][-1]) for detail in details if detail["type"] == "missing"]:
            return Fault(node.origin, key, self._missing(missing))
        if any(detail["type"] == "extra_forbidden" for detail in details):
            return Fault(node.origin, key, unknown_key(str(path[-1]), self.known(path[:-1])))
        if about_key := [detail for detail in details if detail["loc"][-1:] == ("[key]",)]:
            return Fault(node.origin, key, _refusal(about_key, path[-1]))
        return Fault(node.place, key, _refusal(details, plain(node)))

    def _missing(self, names: list[str]) -> str:
        if self.owner:
            return f"{self.owner} needs {listed(names)}."
        return f"{listed(names)} {'are' if names[1:] else 'is'} missing."


def _path(node: Node, loc: tuple[str | int, ...]) -> Location:
    """The part of an error's location that is the recipe's, without the names of the choices of a union."""
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
    """Whether these say only that the value is not of one type, while as another it has a fault inside."""
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


def _refusal(details: list[Any], value: object) -> str:
    """Why a value is refused; the choices of a union are joined by *or*."""
    first = details[0]
    context = first.get("ctx", {})
    if first["type"] in ("too_short", "too_long"):
        bound = "at least {min_length}" if "min_length" in context else "at most {max_length}"
        return f"the number of entries must be {bound.format(**context)}, got {context['actual_length']}."
    if first["type"] in ("value_error", "assertion_error"):
        return f"{context['error']}."
    phrases = list(dict.fromkeys(map(_phrase, details)))
    verb = "must be" if all(detail["type"] in _BOUNDS for detail in details) else "expected"
    return f"{verb} {' or '.join(phrases)}, got {shown(value)}.{_hint(phrases, value)}"


def _phrase(detail: Any) -> str:
    context = detail.get("ctx", {})
    if context.get("class_name") in ("Use", "Weighted"):
        return "a block like {use: name}"
    if "]{0,99}$" in str(pattern := context.get("pattern")):
        return _NAME.format(marks="'.', '-' and '_'" if "9._-" in str(pattern) else "'-' and '_'")
    kind = detail["type"]
    template = _TYPES.get(kind) or _BOUNDS.get(kind)
    return template.format(**context) if template else str(detail["msg"])


def _hint(phrases: list[str], value: object) -> str:
    wanted = "text" in phrases or any(repr(str(value)) in phrase for phrase in phrases)
    return " Put it in quotes." if wanted and isinstance(value, int | float) else ""
