"""Strict YAML as a tree of values that know where they stand.

What plain YAML loaders let pass is refused or made plain here, because a recipe decides what a table claims:
``1e-4`` is a number, only ``true`` and ``false`` are switches, and ``off``, ``007``, ``1:30`` and ``2024-01-01``
stay text. A key that stands twice, a key without a value, a tag, a merge key (``<<``), a second document and a
number that is not finite are faults. Size, depth and the expansion of aliases are bounded.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from mpcl_core.interfaces.errors import Fault, Place

MAX_BYTES = 2**20
MAX_NODES = 10_000
MAX_DEPTH = 50

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
    def items(self) -> "tuple[Node, ...]":
        """Its entries; none where it is no list."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def owner(self) -> Place:
        """The place of its key, or its own where it has none."""
        return self.key_place or self.place


def dotted(key: str, part: str | int) -> str:
    """The key of a part: ``train.lr``, ``prepare[0].hop``."""
    if isinstance(part, int):
        return f"{key}[{part}]"
    return f"{key}.{part}" if key else part


def shown(value: object) -> str:
    """A value as a message shows it, as YAML writes it and shortened."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, tuple | list):
        return "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return {None: "null", True: "true", False: "false"}[value] if value in (None, True, False) else repr(value)


def read(path: Path, faults: list[Fault], asked: Place | None = None, key: str = "") -> Node | None:
    """The tree of a file, or None where there is none to be had; what is wrong is added to ``faults``.

    Args:
        path: the file; it names itself so in every place.
        faults: takes the faults.
        asked: the place that asked for this file, if another file did, and the ``key`` there.
    """
    try:
        data = _bytes_of(path)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        message = f"cannot read {path}: {reason}." if asked else f"{reason}."
        faults.append(Fault(asked or Place(str(path), 1, 1), key, message))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
        place = Place(str(path), before.count(b"\n") + 1, column)
        faults.append(Fault(place, "", f"not UTF-8 text (byte 0x{data[error.start]:02x}). A recipe is a text file."))
        return None
    return parse(text, lambda line, column: Place(str(path), line, column), faults)


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        raise ValueError("a folder, but a recipe is a file")
    if path.exists() and not path.is_file():
        raise ValueError("not a regular file")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("larger than 1 MiB, but a recipe is a short text")
    return data


def parse(text: str, place: Callable[[int, int], Place], faults: list[Fault]) -> Node | None:
    """The tree of a text, or None where it cannot be read as YAML; what is wrong is added to ``faults``.

    Args:
        text: the YAML text.
        place: makes a place of a line and a column, both counted from 1.
        faults: takes the faults.
    """
    if odd := yaml.reader.Reader.NON_PRINTABLE.search(text):
        before = text[: odd.start()]
        where = place(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        faults.append(Fault(where, "", f"the character U+{ord(odd[0]):04X} is not text. A recipe is a text file."))
        return None
    try:
        return _Reader(text, place, faults).document()
    except _Stop as stop:
        faults.append(stop.fault)
    except yaml.MarkedYAMLError as error:
        mark, message = _explained(error, text)
        faults.append(Fault(place(mark.line + 1, mark.column + 1), "", message))
    return None


class _Stop(Exception):
    """A fault after which the rest of the text is not read."""

    def __init__(self, place: Place, key: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(place, key, message)


class _Reader:
    """Builds the tree from the parser's events, which carry the places and bound nothing but memory."""

    def __init__(self, text: str, place: Callable[[int, int], Place], faults: list[Fault]) -> None:
        self._events = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self._make_place = place
        self._faults = faults
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0

    def document(self) -> Node:
        self._next()  # the start of the stream
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise _Stop(self._place(event), "", "the text is empty.")
        root = self._node("", 0)
        self._next()  # the end of the document
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            raise _Stop(self._place(event), "", "a second document begins. A recipe is one.")
        return root

    def _next(self) -> yaml.Event:
        return self._events.get_event()

    def _place(self, event: yaml.Event) -> Place:
        return self._make_place(event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, key: str, depth: int) -> Node:
        event = self._next()
        place = self._place(event)
        if depth > MAX_DEPTH:
            raise _Stop(place, "", f"nested more than {MAX_DEPTH} deep.")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, key)
        before = self._count
        self._expand(1, place)
        if event.tag is not None:
            self._faults.append(Fault(place, key, f"the tag {event.tag} is not allowed. Recipes hold plain values."))
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event, key, place), place)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node(self._entries(key, depth), place)
        else:
            node = Node(self._keys(key, depth), place)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._count - before
        return node

    def _expand(self, count: int, place: Place) -> None:
        self._count += count
        if self._count > MAX_NODES:
            raise _Stop(place, "", f"more than {MAX_NODES} values, aliases expanded.")

    def _alias(self, event: yaml.AliasEvent, key: str) -> Node:
        place = self._place(event)
        if event.anchor not in self._anchors:
            raise _Stop(place, key, f"the alias *{event.anchor} has no anchor &{event.anchor} that ends before it.")
        node, size = self._anchors[event.anchor]
        self._expand(size, place)
        return replace(node)

    def _entries(self, key: str, depth: int) -> tuple[Node, ...]:
        entries: list[Node] = []
        while not isinstance(self._events.peek_event(), yaml.SequenceEndEvent):
            entries.append(self._node(dotted(key, len(entries)), depth + 1))
        self._next()
        return tuple(entries)

    def _keys(self, key: str, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            place = self._place(event)
            name = self._key(event, key, place)
            node = replace(self._node(dotted(key, name or "?"), depth + 1), key_place=place)
            if name in found and (first := found[name].key_place):
                message = f"stands twice, on line {first.line} and on line {place.line}."
                self._faults.append(Fault(place, dotted(key, name), message))
            elif name is not None:
                found[name] = node
        return found

    def _key(self, event: yaml.Event, key: str, place: Place) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Stop(place, key, "a key must be text.")
        if event.value == "<<" and not event.style:
            self._faults.append(Fault(place, key, "merge keys (<<) are not supported. Use 'extends' or 'variants'."))
            return None
        value = event.value if event.style else _resolved(event.value)
        if isinstance(value, str) and value:
            return value
        given = f"got {shown(event.value)}. Put it in quotes" if event.value else "but it is empty"
        self._faults.append(Fault(place, key, f"a key must be text, {given}."))
        return None

    def _scalar(self, event: yaml.ScalarEvent, key: str, place: Place) -> Scalar:
        text = event.value
        if event.style:
            return text
        value = _resolved(text)
        if text == "":
            message = "no value. Write null to remove it, or {} for an empty mapping."
        elif isinstance(value, float) and not math.isfinite(value):
            message = f"numbers must be finite, got {text}."
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            message = f"the whole number {text[:20]}... is too large."
        else:
            return value
        self._faults.append(Fault(place, key, message))
        return text


_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None}


def _resolved(text: str) -> Scalar:
    """What an unquoted text means."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text[:21])  # 21 characters are past the largest number allowed
    if _NUMBER.match(text):
        return float(text)
    return math.nan if _NOT_FINITE.match(text) else text


_EXPLANATIONS = (
    (r"quoted scalar found unexpected end", "the quote that opens here is not closed."),
    (r"flow \w+ .*',' or", "the bracket opened on line {line}, column {column} is not closed, or a ',' is missing."),
    (r"simple key .*expected ':'", "expected 'key: value'."),
    (r"block mapping .*(expected key|<block end>)", "expected a key in line with those above. Check the indentation."),
    (r"block collection", "expected '- ' as in the list above. Check the indentation."),
    (r"mapping values are not allowed", "this ':' continues the text before it. Check the indentation, a space after "
     "each ':', and quotes around a text that holds one."),
    (r"node content", "expected a value."),
)  # fmt: skip


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[yaml.Mark, str]:
    """Where the text breaks the grammar, and what to do about it."""
    mark = error.problem_mark or error.context_mark
    start = error.context_mark or mark
    character = (text.split("\n")[mark.line] + "\n")[mark.column : mark.column + 1]
    if character == "\t":
        return mark, "a tab stands where YAML wants spaces."
    if "cannot start any token" in (error.problem or ""):
        return mark, f"an unquoted text cannot begin with '{character}'."
    for pattern, message in _EXPLANATIONS:
        if re.search(pattern, f"{error.context} {error.problem}"):
            own_start = message.endswith("here is not closed.") or message.startswith("expected 'key")
            where = start if own_start else mark
            return where, message.format(line=start.line + 1, column=start.column + 1)
    return mark, f"not YAML: {error.problem}."


def plain(node: Node, instead: Mapping[Node, Scalar] | None = None) -> object:
    """The values of a tree as dictionaries, lists and scalars; ``instead`` holds other values for some nodes."""
    if instead and node in instead:
        return instead[node]
    if isinstance(node.value, Mapping):
        return {key: plain(child, instead) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child, instead) for child in node.value]
    return node.value
