"""Look into composed parameters."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from pydantic import BaseModel

from mpcl_core.spec.composed_values import parts, paths_in

HERE = Path("a.txt")


@dataclass(frozen=True)
class Where:
    file: Path


class Pair(NamedTuple):
    file: Path
    scale: float = 1.0


class Model(BaseModel):
    file: Path


@pytest.mark.parametrize(
    "value",
    [
        *(HERE, [HERE], (HERE, 1), {HERE}, frozenset({HERE}), {"a": {"b": HERE}}, {HERE: 1}, deque([HERE])),
        *(Where(HERE), Pair(HERE), Model(file=HERE), OrderedDict(a=[Where(HERE)]), ("text", [Pair(HERE)])),
    ],
)
def test_paths_are_found_in_whatever_holds_them(value: object) -> None:
    assert list(paths_in(value)) == [HERE]


def test_plain_values_have_no_parts_and_unknown_types_cannot_be_looked_into() -> None:
    assert parts("text") == parts(1.5) == parts(None) == parts(HERE) == {}
    assert parts(np.zeros(2)) is None
    assert parts(object()) is None
