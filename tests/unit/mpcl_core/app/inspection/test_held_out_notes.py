"""A check names the variants whose shrinkage and mixture find too few people."""

from mpcl_core.app.inspection.checking import check, outline_studies
from mpcl_core.recipe.load import load
from support.fitted_study import RECIPE, SETS

SHRUNK = {"train": {"shrink": True, "choose": "last"}}
MIXED = {**SHRUNK, "mix": {"mean": {"use": "mean"}}}


def test_variants_without_enough_people_are_named_with_their_number() -> None:
    enough = {**MIXED, "error_bars": {"folds": 2, "coverage": 0.5}}
    recipe = load({**RECIPE, "variants": {"plain": {}, "shrunk": SHRUNK, "mixed": MIXED, "enough": enough}}, SETS)
    (study,) = outline_studies(check(recipe), lambda _: None)
    notes = [note for note in study.notes if "hold out" in note]
    lack = (
        "in 2 of 2 folds: a coverage of 0.9 needs at least 9 people to hold out, and there is 1; "
        "error_bars: {folds: 5, coverage: 0.83} would hold out all 5."
    )
    assert notes == [
        f"shrunk: train.shrink has no effect {lack}",
        f"mixed: train.shrink has no effect and all models of mix count alike {lack}",
    ]
