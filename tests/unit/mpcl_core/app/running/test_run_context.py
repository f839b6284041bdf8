"""Jobs find the variants and the baselines of their run; the last runs are kept for the next job."""

from pathlib import Path

import pytest

from mpcl_core.app.running.run_context import run_context
from mpcl_core.interfaces.errors import RecipeError

RECIPE = """\
extends: described
name: context
references: {uniform: {use: uniform}}
variants: {own: {estimator: {use: mean}}}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path / "recipe.yaml"


def test_context_has_variants_and_baselines(recipe: Path) -> None:
    context = run_context(recipe)
    assert {"own", "uniform"} <= set(context.specs)


def test_same_run_is_assembled_once(recipe: Path) -> None:
    assert run_context(recipe) is run_context(recipe)


def test_recipe_with_faults_is_refused(recipe: Path) -> None:
    recipe.write_text(RECIPE.replace("use: mean", "use: meen"))
    with pytest.raises(RecipeError, match="no estimator named 'meen'"):
        run_context(recipe)
