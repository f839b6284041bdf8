"""What is expected of a value, in plain words for every error that pydantic knows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NamedTuple, get_args

import pytest
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.blocks import BlockReader
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
from mpcl_core.recipe.merge import parse_option
from mpcl_core.recipe.node import Node

LIBRARY = ("Input", "valid", "pydantic", "rgument", "{", "instance", "iterable", "parse", "None")


@pytest.mark.parametrize("kind", sorted(get_args(ErrorType)))
def test_every_error_of_pydantic_has_plain_words(kind: str) -> None:
    if kind in MISSING | UNKNOWN_KEY | SIZES | SENTENCES:
        return
    assert kind in TYPES.keys() ^ BOUNDS.keys()
    context = defaultdict(lambda: "x")
    (template,) = [table[kind] for table in (TYPES, BOUNDS) if kind in table]
    text = template.format_map(context)
    assert not any(word in text.replace("a value", "") for word in LIBRARY), text
    assert not is_of_plugin({"type": kind})


def test_error_that_no_table_knows_has_plain_words() -> None:
    assert expectation({"type": "of_a_later_version", "msg": "Input should be"}) == "another value"


@dataclass(frozen=True)
class Window:
    a: int = 1
    b: int = 2


class Range(NamedTuple):
    low: float
    high: float = 1.0


def is_even(value: int) -> int:
    if value % 2:
        raise PydanticCustomError("odd", "the number is odd")
    return value


class Picky(Estimator):
    """Picky."""

    name = "picky"

    def __init__(
        self,
        *,
        pair: tuple[int, float] = (1, 0.5),
        some: Annotated[tuple[int, ...], Field(min_length=2)] = (1, 2),
        w: Window = Window(),
        ws: list[Window] | None = None,
        r: Range = Range(0.0),  # noqa: B008
        day: date = date(2026, 1, 1),
        even: Annotated[int, AfterValidator(is_even)] = 2,
    ) -> None: ...


class OnlyPicky:
    def find(self, slot: str, name: str) -> type[Picky]:
        return Picky

    def names(self, slot: str) -> list[str]:
        return ["picky"]

    def unknown(self, slot: str, name: str) -> str:
        return ""


def messages(option: str) -> list[str]:
    faults: list[Fault] = []
    place = Place("--set", 1, 1)
    patch = parse_option(option, 1, faults)
    assert patch is not None
    BlockReader(OnlyPicky(), faults, {}).block(
        Node({"use": Node("picky", place), **patch.mapping}, place), "", "estimator"
    )
    return [f"{fault.key}: {fault.message}" for fault in faults]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("pair=[1]", "pair: expected 2 entries, got 1."),
        ("pair=[1, 2.0, 3]", "pair: expected 2 entries, got 3."),
        ("some=[1]", "some: the number of entries must be at least 2, got 1."),
        ("w={c: 3}", "w.c: no such key. Known: a, b."),
        ("ws=[{aa: 3}]", "ws[0].aa: no such key. Did you mean 'a'? Known: a, b."),
        ("w=3", "w: expected a mapping, got 3."),
        ("r={lo: 1.0, low: 0.0}", "r.lo: no such key. Did you mean 'low'? Known: low, high."),
        ("r={high: 1.0}", "r: 'picky' needs 'low'."),
        ("day=soon", "day: expected a date like 2026-01-31, got 'soon'."),
        ("even=3", "even: the number is odd."),
        ("even=two", "even: expected a whole number, got 'two'."),
    ],
)
def test_faults_of_composed_values_are_plain(option: str, message: str) -> None:
    assert messages(option) == [message]
