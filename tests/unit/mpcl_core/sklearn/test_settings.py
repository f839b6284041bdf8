"""Nested parameters and settings of recipes: their names, and what is refused."""

import pytest

from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.settings import apply_settings, checked_settings, is_setting, list_settings
from support.paths import ROOT

FEATURES = ROOT / "tests" / "support" / "features.yaml"


def test_listed_settings_are_those_that_were_applied() -> None:
    recipe = apply_settings(load(FEATURES), {"train.lr": 0.5, "transforms.0.scope": "subject"})
    found = list_settings(recipe.variants["main"].node)
    assert (found["train__lr"], found["transforms__0__scope"], found["dim"]) == (0.5, "subject", 8)
    assert all(map(is_setting, found))


def test_keys_outside_of_the_model_are_refused() -> None:
    assert checked_settings(None) == {}
    with pytest.raises(ValueError, match=r"'protocol\.use', but keys begin with one of dim"):
        checked_settings({"protocol.use": "loso"})
    with pytest.raises(RecipeError, match="nothing"):
        apply_settings(load(FEATURES), {"train.nothing": 1})
