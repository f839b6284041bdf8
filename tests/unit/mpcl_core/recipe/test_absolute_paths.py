"""Make the paths in parameters absolute."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from mpcl_core.interfaces.errors import Place
from mpcl_core.recipe.absolute_paths import UnresolvedPathError, absolute
from mpcl_core.recipe.node import Node


@dataclass(frozen=True)
class Where:
    file: Path
    others: tuple[Path, ...] = (Path("default.txt"),)


class Pair(NamedTuple):
    file: Path
    scale: float = 1.0


class Model(BaseModel):
    file: Path = Field(alias="from")


@dataclass
class Derived:
    file: Path
    again: Path = field(init=False)

    def __post_init__(self) -> None:
        self.again = self.file


def node(value: Any) -> Node:
    place = Place("/home/r.yaml", 1, 1)
    if isinstance(value, dict):
        return Node({key: node(part) for key, part in value.items()}, place)
    return Node(tuple(map(node, value)), place) if isinstance(value, list) else Node(value, place)


def read(kind: Any, stated: Any, paths: dict[Node, str] | None = None) -> Any:
    return absolute(TypeAdapter(kind).validate_python(stated), node(stated), {} if paths is None else paths)


A, B = Path("/home/a.txt"), Path("/home/b.txt")


@pytest.mark.parametrize(
    ("kind", "stated", "expected"),
    [
        (Path, "a.txt", A),
        (list[Path], ["a.txt", "b.txt"], [A, B]),
        (dict[str, list[Path]], {"x": ["a.txt"]}, {"x": [A]}),
        (dict[int, Path], {"1": "a.txt"}, {1: A}),
        (set[Path], ["a.txt", "b.txt"], {A, B}),
        (frozenset[Where], [{"file": "a.txt"}, {"file": "b.txt"}], frozenset({Where(A), Where(B)})),
        (deque[Path], ["a.txt"], deque([A])),
        (Where, {"file": "a.txt"}, Where(A)),
        (Where, {"file": "a.txt", "others": ["b.txt"]}, Where(A, (B,))),
        (tuple[Where, ...], [{"file": "a.txt"}], (Where(A),)),
        (Pair, {"file": "a.txt", "scale": 2.0}, Pair(A, 2.0)),
        (Pair, ["a.txt"], Pair(A)),
        (Model, {"from": "a.txt"}, Model(**{"from": A})),
        (str, "a.txt", "a.txt"),
    ],
)
def test_paths_refer_to_the_folder_of_the_recipe_in_every_type(kind: Any, stated: Any, expected: Any) -> None:
    paths: dict[Node, str] = {}
    assert read(kind, stated, paths) == expected
    assert set(paths.values()) == {
        text for text in ("/home/a.txt", "/home/b.txt") if text[6:] in str(stated) and kind is not str
    }


@pytest.mark.parametrize(
    ("kind", "stated", "message"),
    [
        (dict[Path, int], {"a.txt": 1}, "a path cannot be the key of a mapping"),
        (Derived, {"file": "a.txt"}, None),
    ],
)
def test_path_that_cannot_be_made_absolute_is_refused(kind: Any, stated: Any, message: str | None) -> None:
    if message is None:
        assert read(kind, stated).file == A
        assert read(kind, stated).again == A
        return
    with pytest.raises(UnresolvedPathError, match=message):
        read(kind, stated)


def test_value_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnresolvedPathError, match="cannot be of the type object"):
        absolute(object(), node({"a": 1}), {})
