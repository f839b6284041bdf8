"""A check names the variants that are trained a second time by mistake."""

from mpcl_core.app.inspection.checking import check
from mpcl_core.recipe.load import load
from support.fitted_study import RECIPE, SETS


def test_variant_with_the_settings_of_another_is_named() -> None:
    patch = {"train": {"lr": 0.5}}
    recipe = load({**RECIPE, "variants": {"plain": {}, "fast": patch, "again": {}}}, SETS)
    (note,) = check(recipe).notes
    assert note.startswith("again: the same settings as plain;")
