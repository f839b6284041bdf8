"""Parameters of a constructor become a strict model of a recipe's keys."""

from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from mpcl_core.interfaces.components import Encoder, Retrieval
from mpcl_core.interfaces.parameter_types import Count
from mpcl_core.recipe.parameters import (
    known_keys,
    make_parameter_model,
    parameter_values,
    parse_argument_docs,
    recipe_parameters,
)


@dataclass
class Channel:
    unit: str
    rate: float = 1.0


class Mine(Encoder):
    """Do nothing.

    Args:
        size, depth: how large it is,
            in two lines.
        copy: whether to copy.

    Raises:
        ValueError: never.
    """

    name = "mine"

    def __init__(
        self,
        *,
        modality: Any,
        dim: int,
        size: Count = 3,
        depth: int | None = None,
        copy: bool = False,
        channels: dict[str, Channel] | None = None,
        retrieval: Retrieval | None = None,
    ) -> None:
        super().__init__(modality=modality, dim=dim)


def test_parameters_of_the_engine_are_left_out() -> None:
    assert list(recipe_parameters(Mine)) == ["size", "depth", "copy", "channels", "retrieval"]


def test_docs_are_one_line_a_parameter() -> None:
    assert parse_argument_docs(Mine) == {
        "size": "how large it is, in two lines.",
        "depth": "how large it is, in two lines.",
        "copy": "whether to copy.",
    }


def test_model_is_strict_made_once_and_without_nested_components() -> None:
    model = make_parameter_model(Mine)
    assert model is make_parameter_model(Mine)
    assert parameter_values(model.model_validate({"size": 5, "copy": True})) == {
        **{"size": 5, "depth": None, "copy": True},
        "channels": None,
    }
    for wrong in ({"size": 0}, {"size": "5"}, {"copy": 1}, {"retrieval": {"use": "hopfield"}}, {"speed": 1}):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)


def test_keys_inside_of_a_value_are_known() -> None:
    assert known_keys(Mine, ["channels", "eeg"]) == ["unit", "rate"]
    assert known_keys(Mine, ["channels", "eeg", "unit"]) == []
    assert known_keys(Mine, ["size"]) == []
