"""Which parameters a recipe can write, found when a class is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest

from mpcl_core.interfaces.components import Encoder, Estimator, Retrieval
from mpcl_core.interfaces.parameter_check import parameter_faults
from mpcl_core.interfaces.parameter_types import Positive
from mpcl_registry.discover import discover


class Band(NamedTuple):
    low: float
    files: tuple[Path, ...] = ()


@dataclass
class Tree:
    name: str
    children: "list[Tree]"


@dataclass
class Holds:
    values: np.ndarray


def faults(annotation: object) -> list[str]:
    def init(self: object, *, value: object) -> None: ...

    init.__annotations__ = {"value": annotation, "return": None}
    return list(parameter_faults(type("Made", (Estimator,), {"name": "made", "__init__": init})))


@pytest.mark.parametrize(
    "annotation",
    [int, Positive, str | None, Path, Literal["a", "b"], list[int], dict[str, list[Path]], tuple[int, ...], Band, Tree],
)
def test_types_that_a_recipe_writes_are_accepted(annotation: object) -> None:
    assert faults(annotation) == []


def test_one_component_is_accepted() -> None:
    assert faults(Retrieval) == faults(Retrieval | None) == []


@pytest.mark.parametrize(
    "annotation",
    [list[Retrieval], dict[str, Encoder], Annotated[list[Encoder], "x"], Encoder | int, Encoder | Retrieval],
)
def test_several_components_are_refused(annotation: object) -> None:
    assert faults(annotation) == [
        "the parameter 'value': several components are no parameter; take one component for each parameter"
    ]


@pytest.mark.parametrize(
    ("annotation", "named"), [(np.ndarray, "ndarray"), (Holds, "ndarray"), (Callable[[], Any], "Callable")]
)
def test_types_that_no_recipe_writes_are_refused(annotation: object, named: str) -> None:
    (fault,) = faults(annotation)
    assert fault.startswith("the parameter 'value': a recipe cannot write a value of the type ")
    assert named in fault


def test_annotation_that_names_nothing_is_refused() -> None:
    (fault,) = faults("Nothing")
    assert "names something that is not defined where the class is: name 'Nothing' is not defined" in fault


def test_every_shipped_component_is_accepted() -> None:
    for entry in discover(entries=()).catalog.entries():
        assert list(parameter_faults(entry.cls)) == [], entry.cls
