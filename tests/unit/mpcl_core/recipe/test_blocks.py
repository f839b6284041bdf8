"""A block of a recipe becomes a class and checked parameters; each fault has a place, and none hides another."""

import pytest

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.blocks import BlockReader, UnknownComponent
from mpcl_core.recipe.node import Node
from mpcl_core.recipe.yaml import parse
from mpcl_core.spec.block import Block
from support.toy_components import Assoc, Flat, Look, Pair, Toys


class Reading:
    """Read the block of a text with toy components."""

    def __init__(self, text: str, slot: str, owned: tuple[str, ...] = ()) -> None:
        self.faults: list[Fault] = []
        self.paths: dict[Node, str] = {}
        node = parse(text, lambda line, column: Place("/recipes/toy.yaml", line, column), self.faults)
        assert node is not None
        self.block: Block = BlockReader(Toys(), self.faults, self.paths).block(node, "part", slot, owned)
        self.messages = [
            f"{fault.place.line}:{fault.place.column}: {fault.key}: {fault.message}" for fault in self.faults
        ]


def test_block_has_class_checked_values_and_defaults() -> None:
    read = Reading("{use: flat, tokens: 3}", "encoder")
    assert read.messages == []
    assert read.block.cls is Flat
    assert read.block.parameters == {"tokens": 3, "dropout": 0.0}
    assert (read.block.place.line, read.block.key) == (1, "part")


def test_values_stand_in_the_order_of_the_constructor() -> None:
    read = Reading("{use: assoc, mix: 2.0, betas: [1, 4.0], primary: eeg}", "fusion")
    assert read.block.cls is Assoc
    assert list(read.block.parameters) == ["primary", "betas", "gate", "mix", "copy"]


def test_keys_of_the_engine_are_not_parameters() -> None:
    assert Reading("{use: loss, weight: 0.5}", "objective", ("weight",)).messages == []
    assert Reading("{use: loss, weight: 0.5}", "objective").messages == [
        "1:13: part.weight: 'loss' has no parameter 'weight'. It takes none."
    ]


def test_nested_component_becomes_a_block_and_may_have_a_default() -> None:
    read = Reading("{use: pair, retrieval: {use: look, beta: 8}}", "objective")
    assert read.messages == []
    assert read.block.cls is Pair
    nested = read.block.parameters["retrieval"]
    assert (nested.cls, nested.parameters, nested.key) == (Look, {"beta": 8.0}, "part.retrieval")
    assert read.block.parameters["second"] is None


FAULTS = {
    "no name": ("{tokens: 3}", "encoder", ["use"]),
    "unknown name": ("{use: flet}", "encoder", ["1:7: part.use: no encoder named 'flet'. Known: flat."]),
    "near parameter": ("{use: flat, token: 3}", "encoder", ["part.token: 'flat' has no parameter 'token'", "'tokens'?"]),
    "parameter of the engine": ("{use: flat, dim: 3}", "encoder", ["the engine supplies 'dim' to 'flat', so leave it out."]),
    "missing parameter": ("{use: assoc}", "fusion", ["'assoc' needs 'primary'."]),
    "missing component": ("{use: pair}", "objective", ["'pair' needs 'retrieval'."]),
    "component of another kind": (
        "{use: pair, retrieval: {use: look}, second: {use: loook}}", "objective", ["part.second.use: no retrieval named"],
    ),
    "two faults": ("{use: flat, tokens: 0, dropout: 2}", "encoder", ["part.tokens", "part.dropout"]),
    "type of no recipe": ("{use: odd, thing: 3}", "head", ["part.use: 'odd' cannot be used in a recipe ("]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_stated_at_its_place(fault: str) -> None:
    text, slot, parts = FAULTS[fault]
    read = Reading(text, slot)
    assert read.faults
    printed = "\n".join(read.messages)
    assert all(part in printed for part in parts), printed


def test_component_that_is_not_known_is_replaced_so_that_the_rest_can_be_checked() -> None:
    assert Reading("{use: flet}", "encoder").block.cls is UnknownComponent


def test_stated_paths_become_absolute_beside_the_recipe() -> None:
    read = Reading("{use: files, path: data/raw, parts: {a: b.csv}}", "source")
    assert read.messages == []
    assert str(read.block.parameters["path"]) == "/recipes/data/raw"
    assert sorted(read.paths.values()) == ["/recipes/b.csv", "/recipes/data/raw"]
