"""Modalities that do not fit the columns or the recipe are rejected."""

from typing import Any

import pytest

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.interfaces.data import Modality
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.columns import modalities_of_columns
from support.paths import ROOT

FEATURES = variant_specs(load(ROOT / "tests" / "support" / "features.yaml"))["main"]


def test_columns_of_one_modality_have_the_name_that_the_recipe_encodes() -> None:
    assert modalities_of_columns(FEATURES, None, 6, None) == (Modality("eeg", 1, 6),)
    window = Modality("x", 2, 3, 4.0)
    assert modalities_of_columns(FEATURES, None, 6, window) == (Modality("eeg", 2, 3, 4.0),)


@pytest.mark.parametrize(
    ("modalities", "message"),
    [
        ([Modality("ppg", 1, 6)], "the recipe encodes eeg, which are missing in modalities"),
        ([Modality("eeg", 2, 4)], "X has 6 columns, but its modalities have 8"),
    ],
)
def test_modalities_that_do_not_fit_are_rejected(modalities: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        modalities_of_columns(FEATURES, modalities, 6, None)


def test_recipe_with_several_modalities_needs_their_columns() -> None:
    spec = next(iter(variant_specs(load("described")).values()))
    with pytest.raises(ValueError, match="encodes eeg, ppg, gsr, face; set modalities, so that each has its columns"):
        modalities_of_columns(spec, None, 6, None)
