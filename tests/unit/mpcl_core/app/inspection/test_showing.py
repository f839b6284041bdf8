"""What a user names is described: the values of a recipe with their places, differences, and components."""

from pathlib import Path

import pytest

from mpcl_core.app.inspection.showing import describe_components, recipe_difference, recipe_values
from mpcl_core.interfaces.errors import UsageError

RECIPE = """\
extends: described
name: mine
seeds: [3, 4]
dim: 16
variants:
  small: {}
  wide: {dim: 64}
  plain: {objectives: {pcl: null}}
"""


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "mine.yaml").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    return "mine.yaml"


def test_values_have_the_place_that_states_them(recipe: str) -> None:
    rows = {row["key"]: row for row in recipe_values(recipe)}
    assert (rows["dim"]["value"], rows["dim"]["from"]) == (16, "mine.yaml:4:6")
    assert rows["seeds"]["value"] == [3, 4]
    assert str(rows["train.batch_size"]["from"]).startswith("described.yaml")


def test_variants_are_listed_by_what_they_change(recipe: str) -> None:
    rows = {row["key"]: row["value"] for row in recipe_values(recipe)}
    assert rows["variants.wide.dim"] == 64
    assert {key for key in rows if key.startswith("variants.wide.")} == {"variants.wide.dim"}
    removed = {key: value for key, value in rows.items() if key.startswith("variants.plain.")}
    assert removed
    assert set(removed.values()) == {"(removed)"}


def test_variant_that_changes_nothing_is_named_by_the_first(tmp_path: Path) -> None:
    (tmp_path / "same.yaml").write_text("extends: described\nname: same\nvariants: {one: {}, other: {}}\n")
    rows = {row["key"]: row["value"] for row in recipe_values(str(tmp_path / "same.yaml"))}
    assert rows["variants.other"] == "(as one)"


def test_options_patch_the_recipe(recipe: str) -> None:
    rows = {row["key"]: row for row in recipe_values(recipe, ["dim=24"])}
    assert (rows["dim"]["value"], rows["dim"]["from"]) == (24, "--set:1:5")


def test_difference_lists_the_keys_that_differ_only(recipe: str, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(RECIPE.replace("dim: 16", "dim: 32"))
    assert recipe_difference(recipe, "other.yaml") == [{"key": "dim", "first": 16, "second": 32}]
    assert recipe_difference(recipe, recipe) == []


def test_key_that_one_recipe_lacks_is_none_there(recipe: str) -> None:
    rows = {row["key"]: row for row in recipe_difference(recipe, "described")}
    assert rows["variants.wide.dim"]["second"] is None


def test_name_may_be_that_of_components_of_several_slots() -> None:
    assert {about.slot for about in describe_components("mean")} == {"fusion", "estimator"}


def test_unknown_name_is_refused_with_the_commands_that_list_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"named 'msav'\. Did you mean 'msaf'\? 'mpcl list' shows the components.*mpcl list recipes"
    ):
        describe_components("msav")
