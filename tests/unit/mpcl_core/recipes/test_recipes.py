"""Shipped recipes are found by name, files come first, and unknown names get a helpful message."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from mpcl_core import recipes
from mpcl_core.cli.main import main
from mpcl_core.interfaces.errors import Place, RecipeError
from mpcl_core.recipe.load import Variant, load
from mpcl_core.recipe.node import to_plain
from mpcl_registry.discover import discover


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_names_are_paths_without_suffix() -> None:
    names = recipes.names()
    assert {"mpcl", "mpcl-dmer", "comparison/dmer", "rivals/helo"} <= set(names)
    assert len(names) == len(list(recipes.FOLDER.rglob("*.yaml")))


def test_no_recipe_has_the_name_of_a_component() -> None:
    components = {entry.cls.name for entry in discover(entries=()).catalog.entries()}
    assert not components & set(recipes.names())


@pytest.mark.parametrize("name", recipes.names())
def test_recipe_loads_by_name_and_has_a_description(name: str) -> None:
    assert load(name).variants
    assert recipes.description(name).endswith(".")


FUSIONS = {"msaf", "linear_msaf", "temporal_msaf"}
HEADS = {"hsc", "hierarchical_linear", "recall_prior", "episodic_mix"}
MODULES = FUSIONS | HEADS | {"prd", "pcl", "centred_contrast"}
NO_ABLATIONS = {"dmer-folds", "mixed-emopair", "mixed-wesad"}  # of protocols, and of what is mixed with a network


def plain(row: Variant) -> dict[str, Any]:
    return cast("dict[str, Any]", to_plain(row.node))


def modules(variant: dict[str, Any]) -> frozenset[str]:
    streams = variant["streams"].values()
    heads = [variant["head"], variant["head"].get("head", {})]
    parts = [*heads, *variant["objectives"].values(), *(stream["fusion"] for stream in streams)]
    memories = {stream["memory"]["use"] for stream in streams if stream.get("memory")}
    return frozenset(MODULES & {part.get("use") for part in parts} | memories)


def modules_by_row(name: str) -> dict[str, frozenset[str]]:
    """Name the modules of the rows of a recipe that are networks."""
    rows = {key: plain(row) for key, row in load(name).variants.items()}
    return {key: modules(row) for key, row in rows.items() if not row.get("estimator")}


def is_ablation(name: str) -> bool:
    rows = modules_by_row(name).values()
    return name not in NO_ABLATIONS and any(one < other for one in rows for other in rows)


@pytest.mark.parametrize("name", [each for each in recipes.names() if is_ablation(each)])
def test_ablation_has_a_row_without_any_module(name: str) -> None:
    assert "no_module" in modules_by_row(name)


@pytest.mark.parametrize("name", recipes.names())
def test_row_without_modules_has_none(name: str) -> None:
    assert not {key: found for key, found in modules_by_row(name).items() if "no_module" in key and found}
    assert not [key for key, row in load(name).variants.items() if "no_module" in key and "search" in plain(row)]


def test_ablations_are_found() -> None:
    found = {each for each in recipes.names() if is_ablation(each)}
    assert {"ablation", "modules", "graph-dmer", "graph-emopair", "graph-swaps", "mpcl-crema-d", "quick-start"} <= found
    assert {each for each in recipes.names() if each.startswith("regimes/")} <= found


def test_file_of_the_same_name_comes_first() -> None:
    Path("mpcl").write_text("extends: mpcl.yaml\nname: mine\n")
    Path("mpcl.yaml").write_text("extends: null\nname: local\ntrain: {epochs: 1}\n")
    assert recipes.located("mpcl") == Path("mpcl")
    Path("mpcl").unlink()
    Path("mpcl").mkdir()
    assert recipes.located("mpcl") == recipes.FOLDER / "mpcl.yaml"


def test_path_with_suffix_is_never_a_name() -> None:
    assert recipes.located("mpcl.yaml") == Path("mpcl.yaml")
    with pytest.raises(RecipeError, match=r"^mpcl\.yaml:1:1: no such file or directory\.$"):
        load("mpcl.yaml")


def test_extends_takes_a_name_from_any_folder() -> None:
    Path("sub").mkdir()
    Path("sub/mine.yaml").write_text("extends: comparison/dmer\nname: mine\ndim: 8\n")
    recipe = load("sub/mine.yaml")
    assert recipe.name == "mine"
    assert "helo" in recipe.variants
    Path("sub/mine.yaml").write_text("extends: comparison/dmr\nname: mine\n")
    with pytest.raises(RecipeError) as error:
        load("sub/mine.yaml")
    start = "sub/mine.yaml:1:10: extends: there is no file 'comparison/dmr', and no shipped recipe of that name."
    assert str(error.value).startswith(f"{start} Did you mean 'comparison/dmer'")


@pytest.mark.parametrize(("wrong", "right"), [("mplc", "'mpcl'"), ("helo", "'rivals/helo'"), ("ldl", "'rivals/ldl'")])
def test_unknown_name_names_those_close_to_it(wrong: str, right: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", wrong]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"{wrong}: there is no file '{wrong}', and no shipped recipe of that name. Did you mean ")
    assert right in err


def test_address_is_no_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "https://example.org/r.yaml"]) == 2
    assert "https://example.org/r.yaml: a recipe is a file, not an address: download it" in capsys.readouterr().err


def test_relative_path_of_a_shipped_recipe_refers_to_the_current_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "comparison/dmer"]) == 1
    assert str(Path.cwd() / "data_feature_sample.mat") in capsys.readouterr().err


def test_place_names_a_shipped_recipe() -> None:
    place = load("comparison/dmer").variants["helo"].node.mapping["head"].place
    assert place.shipped
    assert str(place).startswith("comparison/dmer.yaml:")
    assert str(place).endswith(" (shipped recipe 'comparison/dmer')")
    assert str(Place("r.yaml", 3, 1)) == "r.yaml:3:1"


def test_list_recipes_shows_names_and_descriptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "recipes"]) == 0
    out = capsys.readouterr().out
    assert "rivals/helo" in out
    assert "default MPCL model" in out
    assert main(["list", "recipes", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["recipes"]
    assert [row["name"] for row in rows] == recipes.names()
    assert main(["list", "recipes", "--markdown"]) == 2


def test_show_takes_names_of_recipes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "mpcl", "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["dim"]["from"].endswith("(shipped recipe 'mpcl')")
    assert main(["show", "mpcl", "graph", "--json"]) == 0
    assert any(row["second"] == "channel_graph" for row in json.loads(capsys.readouterr().out))


def test_mapping_is_a_recipe() -> None:
    recipe = load({"extends": "described", "name": "mine", "prepare": [{"use": "window", "length": 2.0}]}, ["dim=8"])
    node = to_plain(recipe.variants["main"].node)
    assert (recipe.name, node["dim"], node["prepare"]) == ("mine", 8, [{"use": "window", "length": 2.0}])


def test_faults_of_a_mapping_name_the_key() -> None:
    with pytest.raises(RecipeError) as error:
        load({"extends": "described", "name": "mine", "train": {"lr": object()}})
    assert "the mapping: train.lr: a recipe cannot hold a value of the type object." in str(error.value)
    with pytest.raises(RecipeError, match=r"the mapping: train\.epochs: must be at least 1, got 0\."):
        load({"extends": "described", "name": "mine", "train": {"epochs": 0}})
