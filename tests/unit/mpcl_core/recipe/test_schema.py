"""The fixed blocks of a recipe: keys, seeds, names of variants."""

from typing import Any

import pytest

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.node import Node
from mpcl_core.recipe.schema import (
    check_header,
    check_variant,
    check_variant_names,
    count_seeds,
    refuse_variant_key,
    select_variant_keys,
)

PLACE = Place("r.yaml", 1, 1)


def node(value: Any) -> Node:
    if isinstance(value, dict):
        return Node({key: node(child) for key, child in value.items()}, PLACE)
    if isinstance(value, list):
        return Node(tuple(node(entry) for entry in value), PLACE)
    return Node(value, PLACE)


def messages(faults: list[Fault]) -> list[str]:
    return [f"{fault.key}: {fault.message}" for fault in faults]


def test_header_holds_name_seeds_and_plugins() -> None:
    faults: list[Fault] = []
    header = check_header(node({"name": "r", "seeds": [0, 3], "plugins": ["p.py"], "dim": 8}), faults)
    assert faults == []
    assert header is not None
    assert (header.name, header.seeds, header.plugins) == ("r", [0, 3], ["p.py"])


def test_unknown_key_and_repeated_seed_are_faults() -> None:
    faults: list[Fault] = []
    check_header(node({"name": "r", "seeds": [1, 1], "sead": 1}), faults)
    found = messages(faults)
    assert any(line.startswith("sead: ") and "seeds" in line for line in found), found
    assert "seeds[1]: the seed 1 is given twice." in found


@pytest.mark.parametrize(
    ("number", "n_seeds", "has_fault"), [(3, 3, False), (1, 1, False), (0, 1, True), (1001, 1000, True)]
)
def test_number_of_seeds_means_the_first_ones(number: int, n_seeds: int, has_fault: bool) -> None:
    faults: list[Fault] = []
    found = count_seeds(node({"seeds": number}), faults).mapping["seeds"]
    assert [entry.value for entry in found.entries] == list(range(n_seeds))
    assert bool(faults) == has_fault


@pytest.mark.parametrize("seeds", [[0, 1], True, "three"])
def test_other_seeds_are_left_as_they_are(seeds: object) -> None:
    recipe = node({"seeds": seeds})
    assert count_seeds(recipe, []) is recipe


def test_variant_may_change_its_own_keys_only() -> None:
    assert refuse_variant_key("dim") == ""
    assert "belongs to the recipe as a whole" in refuse_variant_key("seeds")
    assert "'train'" in refuse_variant_key("trian")


def test_names_of_variants_may_become_folders() -> None:
    faults: list[Fault] = []
    check_variant_names({"a/b": [node({"dim": 8, "seeds": [1]})]}, faults)
    found = messages(faults)
    assert any("a/b" in line for line in found)
    assert any(line.startswith("variants.a/b.seeds: a variant cannot change 'seeds'") for line in found)


def test_keys_of_the_recipe_as_a_whole_are_left_out_of_a_variant() -> None:
    assert set(select_variant_keys(node({"name": "r", "seeds": [0], "dim": 8, "grid": {}})).mapping) == {"dim"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "an 'estimator' is missing, or a network: 'dim', 'streams', 'head' and 'objectives'"),
        ({"dim": 8, "head": {"use": "linear"}}, "a network needs 'streams' and 'objectives' too."),
        ({"estimator": {"use": "mean"}}, ""),
    ],
)
def test_variant_needs_a_network_or_an_estimator(keys: dict[str, Any], message: str) -> None:
    faults: list[Fault] = []
    check_variant(node(keys), faults)
    first, *own = [fault.message for fault in faults if not fault.key]
    assert first == "'source', 'protocol' and 'train' are missing."
    assert len(own) == bool(message)
    assert not message or message in own[0]
