"""Trees of a recipe: their plain values, their dotted keys, and how values are printed."""

import pytest

from mpcl_core.interfaces.errors import Place
from mpcl_core.recipe.node import Node, format_names, format_value, join_key, list_values, to_plain

HERE, KEY = Place("r.yaml", 3, 7), Place("r.yaml", 3, 1)
RATE = Node(0.5, HERE, KEY)
TREE = Node({"train": Node({"lr": RATE, "betas": Node((Node(0.9, HERE), Node(0.99, HERE)), HERE)}, HERE)}, HERE)


@pytest.mark.parametrize(
    ("key", "part", "expected"),
    [("", "dim", "dim"), ("train", "lr", "train.lr"), ("prepare", 0, "prepare[0]"), ("a", "b\n", "a.'b\\n'")],
)
def test_keys_are_joined_by_dots_and_entries_by_brackets(key: str, part: str | int, expected: str) -> None:
    assert join_key(key, part) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [({}, "a mapping"), ((), "a list"), (True, "true"), (None, "null"), (2.5, "2.5"), ("x", "'x'")],
)
def test_values_are_printed_as_yaml_writes_them(value: object, expected: str) -> None:
    assert format_value(value) == expected


def test_long_text_is_shortened() -> None:
    assert format_value("x" * 61) == repr("x" * 57 + "...")


def test_names_are_linked_before_the_last() -> None:
    assert [format_names(["a", "b", "c"][:n], "or") for n in (1, 2, 3)] == ["'a'", "'a' or 'b'", "'a', 'b' or 'c'"]


def test_plain_values_have_the_replacements() -> None:
    assert to_plain(TREE) == {"train": {"lr": 0.5, "betas": [0.9, 0.99]}}
    assert to_plain(TREE, {RATE: 1}) == {"train": {"lr": 1, "betas": [0.9, 0.99]}}


def test_a_list_of_scalars_is_one_value() -> None:
    assert list_values(TREE) == {"train.lr": (0.5, HERE), "train.betas": ([0.9, 0.99], HERE)}
    mappings = Node({"prepare": Node((Node({"use": RATE}, HERE),), HERE)}, HERE)
    assert list_values(mappings) == {"prepare[0].use": (0.5, HERE)}
    assert list_values(Node({"pool": Node({}, HERE)}, HERE)) == {"pool": ({}, HERE)}


def test_a_scalar_has_no_parts_and_its_key_is_its_origin() -> None:
    assert (RATE.mapping, RATE.entries, RATE.origin) == ({}, (), KEY)
    assert TREE.origin == HERE
