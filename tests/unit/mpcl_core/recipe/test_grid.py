"""Grids become variants, whose names say where they stand."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import to_plain

BASE: dict[str, Any] = {
    "name": "base",
    "source": {"use": "simulated", "seed": 1},
    "prepare": [{"use": "window", "length": 4.0}],
    "protocol": {"use": "loso"},
    "estimator": {"use": "knn", "k": 3},
}


def variants(**more: Any) -> dict[str, Any]:
    return {name: to_plain(variant.node) for name, variant in load({**BASE, **more}).variants.items()}


def faults(**more: Any) -> str:
    with pytest.raises(RecipeError) as caught:
        load({**BASE, **more})
    return str(caught.value)


def test_each_point_of_the_product_is_a_variant() -> None:
    found = variants(grid={"estimator.k": [1, 5], "prepare.0.length": [2.0, 8.0]})
    values = {name: (made["estimator"]["k"], made["prepare"][0]["length"]) for name, made in found.items()}
    assert values == {
        "k-1_length-2.0": (1, 2.0),
        "k-1_length-8.0": (1, 8.0),
        "k-5_length-2.0": (5, 2.0),
        "k-5_length-8.0": (5, 8.0),
    }
    assert found == variants(grid={"estimator": {"k": [1, 5]}, "prepare": {"0": {"length": [2.0, 8.0]}}}), "nested"


def test_grid_of_a_variant_is_its_own_and_that_of_the_recipe_is_for_all() -> None:
    own = {"plain": {}, "near": {"grid": {"estimator.k": [1, 2]}}}
    assert list(variants(variants=own)) == ["plain", "near_k-1", "near_k-2"]
    assert list(variants(variants=own, grid={"source.seed": [7]})) == [
        "plain_seed-7",
        "near_seed-7_k-1",
        "near_seed-7_k-2",
    ]


def test_names_use_components_numbers_and_as_many_keys_as_needed() -> None:
    estimators = [{"use": "mean"}, {"use": "ridge"}]
    assert list(variants(grid={"estimator": estimators})) == ["estimator-mean", "estimator-ridge"]
    lists = [[{"use": "window", "length": length}] for length in (2.0, 4.0)]
    assert list(variants(grid={"prepare": lists})) == ["prepare-1", "prepare-2"]
    assert list(variants(grid={"source.seed": [1], "estimator.seed": [2]})) == ["source.seed-1_estimator.seed-2"]
    assert list(variants(grid={"source.path": ["a b/ü"]})) == ["path-a-b-"]


def test_layers_merge_grids_and_the_resolved_text_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parent.yaml").write_text(
        "name: p\nsource: {use: simulated}\nprotocol: {use: loso}\nestimator: {use: knn}\n"
        "grid: {estimator.k: [1, 2]}\nvariants: {a: {grid: {source.seed: [1, 2]}}}\n"
    )
    Path("child.yaml").write_text("extends: parent.yaml\ngrid: null\nvariants: {a: {grid: {source.seed: [3]}}}\n")
    assert list(load(Path("parent.yaml")).variants) == [f"a_k-{k}_seed-{seed}" for k in (1, 2) for seed in (1, 2)]
    assert list(load(Path("child.yaml")).variants) == ["a_seed-3"]
    both = load(Path("parent.yaml"), ["grid.source.noise=[9]"]).variants
    assert next(iter(both)) == "a_k-1_noise-9_seed-1", "an option adds an axis"


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        (3, "grid: expected keys with lists of values, such as {train.lr: [0.01, 0.001]}, got 3."),
        ({"estimator.k": 3}, "grid.estimator.k: expected a list of at least one value, got 3."),
        ({"estimator.k": []}, "grid.estimator.k: expected a list of at least one value, got an empty list."),
        ({"estimator.k": [1, 1]}, "two variants would be named 'k-1'"),
        ({"estimator.k": list(range(50)), "source.seed": list(range(21))}, "the grid has 1050 points; at most 1000"),
        ({"prepare.4.length": [1.0]}, "prepare: expected the number of an entry (0 to 0), got '4'."),
        ({"trian.lr": [1]}, "grid.trian.lr: no such key. Did you mean 'train'?"),
        ({"seeds": [1]}, "grid.seeds: a variant cannot change 'seeds', which belongs to the recipe as a whole."),
    ],
)
def test_faults_of_a_grid_are_named(grid: Any, message: str) -> None:
    assert message in faults(grid=grid)


def test_misspelt_key_in_a_point_names_its_variants() -> None:
    assert "Only in variants b_k-1, b_k-2." in faults(
        variants={"a": {}, "b": {"grid": {"estimator.k": [1, 2]}, "dim": 0}}
    )
