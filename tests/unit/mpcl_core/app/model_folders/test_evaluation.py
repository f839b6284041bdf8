"""A model states the scores of a run only if this run trained the same."""

from pathlib import Path

import pytest

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.app.model_folders.evaluation import read_evaluation
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from support.fitted_study import RECIPE, SETS

pytestmark = pytest.mark.slow


def test_run_of_another_recipe_or_variant_is_refused(fitted: Path) -> None:
    own = variant_specs(load(RECIPE, SETS))["own"]
    assert read_evaluation(fitted / "run", own).scores["kl_divergence"] > 0
    other = variant_specs(load(RECIPE, (*SETS, "prepare.0.length=2")))["own"]
    with pytest.raises(UsageError, match="evaluated another recipe: prepare of 'own' differ"):
        read_evaluation(fitted / "run", other)
    main = variant_specs(load("described", SETS))["main"]
    with pytest.raises(UsageError, match=r"did not score 'main'\. It scored: own"):
        read_evaluation(fitted / "run", main)
