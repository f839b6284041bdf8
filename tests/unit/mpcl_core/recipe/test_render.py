"""A resolved recipe is written so that it reads as the same."""

from typing import Any

import pytest
import yaml

from mpcl_core.recipe.render import find_patch, format_resolved_recipe

MAIN = {"dim": 8, "head": {"use": "linear", "dropout": 0.1}, "seeds": [0]}


def test_recipe_without_variants_is_written_out() -> None:
    text = format_resolved_recipe({"name": "r"}, {"main": MAIN})
    assert yaml.safe_load(text) == {"extends": None, "name": "r", **MAIN}


def test_variants_are_patches_of_the_first() -> None:
    text = format_resolved_recipe({"name": "r"}, {"a": MAIN, "b": {**MAIN, "dim": 16}})
    assert yaml.safe_load(text)["variants"] == {"a": {}, "b": {"dim": 16}}


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {}, {"a": None}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 1.0}, {"a": 1.0}),
        ({"a": {"use": "x", "p": 1}}, {"a": {"use": "x", "p": 2}}, {"a": {"p": 2}}),
        ({"a": {"use": "x", "p": 1}}, {"a": {"use": "y"}}, {"a": {"use": "y"}}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
        ({"a": True}, {"a": 1}, {"a": 1}),
    ],
)
def test_patches_state_what_differs(old: dict[str, Any], new: dict[str, Any], patch: dict[str, Any]) -> None:
    assert repr(find_patch(old, new)) == repr(patch)


@pytest.mark.parametrize("text", ["1e5", "1_000", "on", "null", "0x10", "-.inf", "a: b", "é", " x "])
def test_text_stays_text(text: str) -> None:
    written = format_resolved_recipe({"name": "r"}, {"main": {"value": text, "same": [text, text]}})
    assert yaml.safe_load(written)["value"] == text
    assert "*" not in written, "no aliases"
