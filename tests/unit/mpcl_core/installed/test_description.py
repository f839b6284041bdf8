"""A component is described by its docstrings and its constructor: a sentence, types with bounds, defaults, meanings."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from mpcl_core.installed.description import Parameter, describe, first_sentence
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.parameter_types import Count, Fraction, Name, Positive
from mpcl_registry.catalog import Entry


class Described(Estimator):
    """Predict the labels. A second sentence.

    More of it.

    Args:
        k: the number of neighbours,
            on two lines.
        share, rate: two fractions.
    """

    name = "described"

    def __init__(
        self,
        *,
        k: Count,
        share: Fraction = 0.5,
        rate: Positive | None = None,
        kind: Literal["a", "b"] = "a",
        widths: tuple[Count, ...] = (2, 1),
        label: Name = "é",
        path: Path = Path("data"),
    ) -> None: ...

    def fit(self, windows: WindowSet) -> "Described":
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        return windows.D


@pytest.fixture(scope="module")
def parameters() -> dict[str, Parameter]:
    found = describe(Entry(Described, "mine.py", "/where/mine.py"))
    return {parameter.name: parameter for parameter in found.parameters}


def test_summary_is_the_first_sentence_and_details_are_all() -> None:
    found = describe(Entry(Described, "mine.py", "/where/mine.py"))
    assert found.summary == "Predict the labels."
    assert found.equation.startswith("A component is described by its docstrings")
    assert "More of it." in found.details
    assert (found.slot, found.name, found.owner, found.file) == ("estimator", "described", "mine.py", "/where/mine.py")
    assert found.as_json()["parameters"][0]["name"] == "k"


@pytest.mark.parametrize(
    ("name", "type_", "default"),
    [
        ("k", "int >= 1 <= 65536", "required"),
        ("share", "float >= 0 < 1", "0.5"),
        ("rate", "float > 0 | null", "null"),
        ("kind", "'a' | 'b'", '"a"'),
        ("widths", "tuple[int >= 1 <= 65536, ...]", "[2, 1]"),
        ("label", "str (a name)", '"é"'),
        ("path", "Path", '"data"'),
    ],
)
def test_type_and_default_are_as_a_recipe_would_state_them(
    name: str, type_: str, default: str, parameters: dict[str, Parameter]
) -> None:
    assert parameters[name].type == type_
    assert parameters[name].default == default


def test_meaning_is_the_line_of_the_parameter_or_empty(parameters: dict[str, Parameter]) -> None:
    assert parameters["k"].meaning == "the number of neighbours, on two lines."
    assert parameters["share"].meaning == parameters["rate"].meaning == "two fractions."
    assert parameters["kind"].meaning == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Cut signals into\nwindows. Then stop.", "Cut signals into windows."),
        ("Keep 0.5 of it", "Keep 0.5 of it"),
        ("First\n\nsecond", "First"),
        ("", ""),
    ],
)
def test_first_sentence_ends_at_a_full_stop_before_a_space(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence
