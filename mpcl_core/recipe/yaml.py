"""Read YAML strictly.

Much that usual YAML loaders accept is refused or read as text here, because a recipe decides what a table
claims: ``1e-4`` is a number, only ``true`` and ``false`` are switches, and ``off``, ``007``, ``1:30`` or
``2024-01-01`` stay text. A repeated key, a key without a value, a tag, a merge key (``<<``), a
second document and a number that is not finite are faults. Size, depth and expanded aliases are bounded.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.node import Node, Scalar, format_value, join_key
from mpcl_core.recipes import place_in

MAX_BYTES = 2**20
MAX_NODES = 10_000
MAX_DEPTH = 50


def read(path: Path, faults: list[Fault], requested_by: Place | None = None, key: str = "") -> Node | None:
    """Read the tree of a file.

    Args:
        path: the file; every place names it by this path.
        faults: takes what is wrong.
        requested_by: the place that names this file, if another file does.
        key: the dotted key at that place.

    Returns:
        The tree; None where the file cannot be read.
    """
    try:
        data = _bytes_of(path)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        reason = reason[:1].lower() + reason[1:]
        message = f"cannot read {path}: {reason}." if requested_by else f"{reason}."
        faults.append(Fault(requested_by or place_in(path, 1, 1), key, message))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(data[: error.start].decode(errors="replace"))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8. A recipe is a text file."
        faults.append(Fault(place_in(path, line, column), "", message))
        return None
    return parse(text, lambda line, column: place_in(path, line, column), faults)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        recipes = sorted(file for file in path.glob("*.yaml") if not file.name.startswith("."))
        example = f", such as '{recipes[0]}'" if recipes else ""
        raise ValueError(f"a folder, but a recipe is a file{example}")
    if path.exists() and not path.is_file():
        raise ValueError("not a regular file")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("larger than 1 MiB, but a recipe is a short text")
    return data


def _position(before: str) -> tuple[int, int]:
    """Return the line and the column of what follows a text.

    Args:
        before: the text.

    Returns:
        Line and column, from 1.
    """
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def parse(text: str, place: Callable[[int, int], Place], faults: list[Fault], key: str = "") -> Node | None:
    """Parse a text.

    Args:
        text: the YAML text.
        place: makes a place of a line and a column, both counted from 1.
        faults: takes what is wrong.
        key: the dotted key of the text's root.

    Returns:
        The tree; None where the text is not YAML.
    """
    if odd := yaml.reader.Reader.NON_PRINTABLE.search(text):
        message = f"the character U+{ord(odd[0]):04X} is not text. A recipe is a text file."
        faults.append(Fault(place(*_position(text[: odd.start()])), "", message))
        return None
    try:
        return _Reader(text, place, faults).document(key)
    except _StopError as stop:
        faults.append(stop.fault)
    except yaml.MarkedYAMLError as error:
        faults.append(_explain(error, text, place, key))
    return None


class _StopError(Exception):
    """Report a fault after which the rest of the text is not read."""

    def __init__(self, place: Place, key: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(place, key, message)


class _Reader:
    """Build the tree from the parser's events; the depth bound makes the recursion safe."""

    def __init__(self, text: str, place: Callable[[int, int], Place], faults: list[Fault]) -> None:
        self._events: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self._make_place = place
        self._faults = faults
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0

    def document(self, key: str) -> Node:
        self._events.get_event()  # the stream begins
        event = self._events.get_event()
        if isinstance(event, yaml.StreamEndEvent):
            raise _StopError(self._make_place(1, 1), "", "the text is empty.")
        root = self._node(key, 0)
        self._events.get_event()  # the document ends
        event = self._events.get_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _StopError(
                self._place(event), "", "a second document begins here, but a recipe is a single document."
            )
        return root

    def _place(self, event: yaml.Event) -> Place:
        mark: Any = event.start_mark
        return self._make_place(mark.line + 1, mark.column + 1)

    def _node(self, key: str, depth: int) -> Node:
        event = self._events.get_event()
        place = self._place(event)
        if depth > MAX_DEPTH:
            raise _StopError(place, "", f"nested more than {MAX_DEPTH} deep.")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, key)
        before = self._count
        self._grow(1, place)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._faults.append(Fault(place, key, f"the tag {tag} is not allowed. Use plain values."))
        node = Node(self._value(event, key, depth, place), place)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._count - before
        return node

    def _value(
        self, event: yaml.Event, key: str, depth: int, place: Place
    ) -> Scalar | tuple[Node, ...] | dict[str, Node]:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, key, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._entries(key, depth)
        return self._keys(key, depth)

    def _grow(self, count: int, place: Place) -> None:
        self._count += count
        if self._count > MAX_NODES:
            raise _StopError(place, "", f"more than {MAX_NODES} values, counted with aliases expanded.")

    def _alias(self, event: Any, key: str) -> Node:
        place = self._place(event)
        if event.anchor not in self._anchors:
            raise _StopError(place, key, f"this alias has no complete anchor &{event.anchor} before it.")
        node, size = self._anchors[event.anchor]
        self._grow(size, place)
        return replace(node)

    def _entries(self, key: str, depth: int) -> tuple[Node, ...]:
        entries: list[Node] = []
        while not isinstance(self._events.peek_event(), yaml.SequenceEndEvent):
            entries.append(self._node(join_key(key, len(entries)), depth + 1))
        self._events.get_event()
        return tuple(entries)

    def _keys(self, key: str, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := self._events.get_event(), yaml.MappingEndEvent):
            place = self._place(event)
            name = self._key(event, key, place)
            node = replace(self._node(join_key(key, name or "?"), depth + 1), key_place=place)
            if name in found:
                first = found[name].origin.line
                lines = f"line {first}" if first == place.line else f"lines {first} and {place.line}"
                self._faults.append(Fault(place, join_key(key, name), f"the key is given twice, on {lines}."))
            elif name is not None:
                found[name] = node
        return found

    def _key(self, event: yaml.Event, key: str, place: Place) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _StopError(place, key, "a key must be text, got a list or a mapping.")
        value: Any = event.value if event.style else _resolve(event.value)
        if value == "<<" and not event.style:
            message = "merge keys (<<) are not supported. Use 'extends' or 'variants'."
        elif isinstance(value, str) and value:
            return value
        elif event.value:
            message = f"a key must be text, got {event.value}. Put it in quotes."
        else:
            message = "a key must not be empty."
        self._faults.append(Fault(place, key, message))
        return None

    def _scalar(self, event: yaml.ScalarEvent, key: str, place: Place) -> Scalar:
        text = event.value
        if event.style:
            return text
        value = _resolve(text)
        if text == "":
            message = "no value. Write null to remove it, or {} for an empty mapping."
        elif isinstance(value, float) and not math.isfinite(value):
            message = f"numbers must be finite, got {text}."
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            message = f"a whole number must fit into 64 bits, got {format_value(text)}."
        else:
            return value
        self._faults.append(Fault(place, key, message))
        return text


_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
"""The accepted forms of a number."""
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None}


def _resolve(text: str) -> Scalar:
    """Return the value of an unquoted text.

    Args:
        text: the text.

    Returns:
        A number, true, false, null, NaN for a number that is not finite, or the text itself.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text[:21])  # 21 characters are past 64 bits, and int() refuses thousands
    if NUMBER.match(text):
        return float(text)
    return math.nan if _NOT_FINITE.match(text) else text


_EXPLANATIONS = (
    ("quoted scalar found unexpected end", True, "this quote is not closed."),
    (r"flow \w+ .*',' or", True, "this bracket is not closed, or a ',' is missing before {problem}."),
    ("simple key .*expected ':'", True, "expected 'key: value', with a space after the ':'."),
    ("block mapping .*(expected key|<block end>)", False, "expected a key in line with those above."),
    ("block collection", False, "expected '- ' in line with the list above."),
    (
        "mapping values are not allowed",
        False,
        "a ':' is not allowed here. Check the indentation, that a space follows each ':', "
        "and that a text which contains ':' is in quotes.",
    ),
    ("node content", False, "expected a value before this."),
)
"""Pattern of the parser's message, whether its first mark is the better place, and our message."""


def _explain(error: yaml.MarkedYAMLError, text: str, place: Callable[[int, int], Place], key: str) -> Fault:
    """Explain a syntax error.

    Args:
        error: the parser's error.
        text: the text.
        place: makes a place of a line and a column.
        key: the dotted key of the text's root.

    Returns:
        The fault, at the place to correct.
    """
    mark: Any = error.problem_mark or error.context_mark
    start: Any = error.context_mark or mark
    problem, context = (place(where.line + 1, where.column + 1) for where in (mark, start))
    lines = text.splitlines(keepends=True)
    character = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
    if character == "\t":
        return Fault(problem, key, "indent with spaces; a tab is not allowed here.")
    if "cannot start any token" in str(error.problem):
        return Fault(problem, key, f"a text without quotes cannot begin with '{character}'.")
    if not character and "node content" in str(error.problem):
        return Fault(problem, key, "the text ends, but a value is expected.")
    for pattern, first, message in _EXPLANATIONS:
        if re.search(pattern, f"{error.context} {error.problem}"):
            return Fault(context if first else problem, key, message.format(problem=problem))
    return Fault(problem, key, f"not YAML: {error.problem}.")
