"""Merge patches: change key by key, replace, remove; parents, variants and options by the same rules."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.merge import MAX_PARENTS, apply_patch, join_layers
from mpcl_core.recipe.node import Node, list_values, to_plain
from mpcl_core.recipe.yaml import parse


def tree(text: str, file: str = "r.yaml") -> Node:
    faults: list[Fault] = []
    node = parse(text, lambda line, column: Place(file, line, column), faults)
    assert faults == []
    assert node is not None
    return node


def apply(parent: str, patch: str) -> tuple[Any, list[str]]:
    faults: list[Fault] = []
    return to_plain(apply_patch(tree(parent), tree(patch), faults)), list(map(str, faults))


@pytest.mark.parametrize(
    ("parent", "patch", "expected"),
    [
        ("{a: 1, b: {c: 2, d: 3}}", "{b: {c: 4}}", {"a": 1, "b": {"c": 4, "d": 3}}),
        ("{a: 1}", "{b: {c: {d: 1}}}", {"a": 1, "b": {"c": {"d": 1}}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("{a: {b: 1}}", "{a: 3}", {"a": 3}),
        ("{a: {b: 1}}", "{a: [3]}", {"a": [3]}),
        ("{a: 3}", "{a: {b: 1}}", {"a": {"b": 1}}),
        ("{a: {b: 1}}", "{a: {}}", {"a": {"b": 1}}),
        ("{a: 3}", "{a: {}}", {"a": {}}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: {b: 1, c: 2}}", "{a: {c: null}}", {"a": {"b": 1}}),
        ("{f: {use: x, p: 1}}", "{f: {use: y, q: 2}}", {"f": {"use": "y", "q": 2}}),
        ("{f: {use: x, p: 1}}", "{f: {use: x, q: 2}}", {"f": {"use": "x", "p": 1, "q": 2}}),
        ("{f: {use: x, p: 1}}", "{f: {q: 2}}", {"f": {"use": "x", "p": 1, "q": 2}}),
        ("{f: {p: 1}}", "{f: {use: x}}", {"f": {"p": 1, "use": "x"}}),
        ("{a: [{use: x}]}", "{a: [{use: x, p: null}]}", {"a": [{"use": "x", "p": None}]}),
    ],
)
def test_merge_rules(parent: str, patch: str, expected: object) -> None:
    assert apply(parent, patch) == (expected, [])


@pytest.mark.parametrize(
    ("parent", "patch", "fault"),
    [
        ("{o: {b: 1, a: 2}}", "{o: {c: null}}", "r.yaml:1:6: o.c: nothing to remove. The parent has: a, b."),
        ("{a: 1}", "{o: {c: null}}", "r.yaml:1:6: o.c: nothing to remove. The parent has nothing here."),
        ("{a: 1}", "{a: {c: null}}", "r.yaml:1:6: a.c: nothing to remove. The parent has nothing here."),
        ("{f: {use: x, p: 1}}", "{f: {use: y, p: null}}", "r.yaml:1:14: f.p: nothing to remove. The parent has: use."),
        ("{a: [1]}", "{a: {b: 1}}", "r.yaml:1:5: a: expected a list, got a mapping. A list is replaced as a whole, never entry by entry."),
    ],
)  # fmt: skip
def test_faults_of_patches(parent: str, patch: str, fault: str) -> None:
    assert apply(parent, patch)[1] == [fault]


def test_values_keep_their_places() -> None:
    node = apply_patch(tree("{a: 1, b: {c: 2, d: 3}}", "parent"), tree("{b: {c: 4}}", "child"), [])
    assert {key: place.file for key, (_, place) in list_values(node).items()} == {
        "a": "parent",
        "b.c": "child",
        "b.d": "parent",
    }


def nodes() -> st.SearchStrategy[Node]:
    scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.floats(-1, 1), st.text("ab ", max_size=3))
    keys = st.text("abcuse", min_size=1, max_size=3)
    values = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
    )
    return st.dictionaries(keys, values, max_size=4).map(node_of)


def node_of(value: Any) -> Node:
    place = Place("", 1, 1)
    if isinstance(value, dict):
        return Node({key: node_of(child) for key, child in value.items()}, place)
    return Node(tuple(map(node_of, value)) if isinstance(value, list) else value, place)


@settings(deadline=None)
@given(nodes())
def test_empty_patch_and_the_recipe_itself_change_nothing(node: Node) -> None:
    faults: list[Fault] = []
    assert apply_patch(node, node_of({}), faults) is node
    assert to_plain(apply_patch(node_of({}), node, faults)) == to_plain(node)
    assert to_plain(apply_patch(node, node, faults)) == to_plain(node)
    assert faults == []


@pytest.mark.slow
@settings(deadline=None)
@given(nodes(), nodes())
def test_patching_twice_equals_patching_once(parent: Node, patch: Node) -> None:
    faults: list[Fault] = []
    once = apply_patch(parent, patch, faults)
    if not faults:
        assert to_plain(apply_patch(once, patch, faults)) == to_plain(once)
        assert faults == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text)


def joined(*sets: str, file: str = "a.yaml") -> tuple[Any, dict[str, list[Any]], list[str]]:
    faults: list[Fault] = []
    found = join_layers(Path(file), sets, faults)
    if found is None:
        return None, {}, list(map(str, faults))
    variants = {name: list(map(to_plain, patches)) for name, patches in found.variants.items()}
    return to_plain(found.base), variants, list(map(str, [*faults, *found.faults]))


def test_recipe_without_parent_patches_the_defaults(folder: Path) -> None:
    write(a="name: x\nreferences: {mean: null, knn: {k: 3}}\ntrain: {lr: 1e-2}\n")
    base, _, faults = joined()
    assert faults == []
    assert base["references"] == {"uniform": {"use": "uniform"}, "knn": {"use": "knn", "k": 3}}
    assert (base["train"]["lr"], base["train"]["epochs"], base["seeds"]) == (0.01, 30, [0])


def test_recipe_can_exclude_the_defaults(folder: Path) -> None:
    write(a="extends: null\nname: x\n")
    assert joined() == ({"name": "x"}, {}, [])


def test_parents_are_found_from_the_file_that_names_them(folder: Path) -> None:
    Path("sub").mkdir()
    write(a="extends: sub/b.yaml\nx: 1\n", c="extends: null\nx: 3\ny: 3\nz: 3\n")
    Path("sub/b.yaml").write_text("extends: ../c.yaml\nx: 2\ny: 2\n")
    assert joined() == ({"x": 1, "y": 2, "z": 3}, {}, [])


def test_variants_of_a_parent_are_patched_and_removed(folder: Path) -> None:
    write(
        a="extends: b.yaml\nvariants: {p: {dim: 2}, q: null, r: {}}\n",
        b="extends: null\nvariants: {p: {head: null}, q: {}}\n",
    )
    assert joined() == ({}, {"p": [{"head": None}, {"dim": 2}], "r": [{}]}, [])
    assert joined("variants.r=null", "variants.p.dim=3")[1] == {"p": [{"head": None}, {"dim": 2}, {"dim": 3}]}
    assert joined("variants=null")[1] == {}
    assert joined("variants.s=null")[2] == ["--set:1:10: variants.s: nothing to remove. The parent has: p, r."]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a": "extends: a.yaml"}, "a.yaml:1:10: extends: these recipes extend each other: a.yaml -> a.yaml."),
        (
            {"a": "extends: b.yaml", "b": "\nextends: c.yaml", "c": "extends:   ./b.yaml"},
            "c.yaml:1:12: extends: these recipes extend each other: b.yaml -> c.yaml -> b.yaml.",
        ),
        ({"a": "extends: b.yaml"}, "a.yaml:1:10: extends: cannot read b.yaml: no such file or directory."),
        ({"a": "extends: .."}, "a.yaml:1:10: extends: cannot read ..: a folder, but a recipe is a file."),
        ({"a": "extends: [b.yaml]"}, "a.yaml:1:10: extends: expected the name or the path of a recipe, got a list."),
        ({"a": "extends: b.yaml", "b": "[1]"}, "b.yaml:1:1: expected keys, such as 'name: mine', got a list."),
    ],
)
def test_faults_of_parents(folder: Path, texts: dict[str, str], expected: str) -> None:
    write(**texts)
    assert joined()[2] == [expected]


def test_number_of_parents_is_bounded(folder: Path) -> None:
    for number in range(MAX_PARENTS + 5):
        Path(f"{number}.yaml").write_text(f"extends: {number + 1}.yaml\n")
    assert joined(file="0.yaml")[2] == [f"{MAX_PARENTS}.yaml:1:10: extends: more than {MAX_PARENTS} parents."]


def test_options_patch_in_order_and_read_yaml(folder: Path) -> None:
    write(a="extends: null\nhead: {use: x, p: 1}\ntrain: {lr: 1}\n")
    base, _, faults = joined("head.use=y", "head.levels=[2, 1]", "train.lr=1e-4", "a.b.c=off", "train.refit=true")
    assert faults == []
    assert base == {
        "head": {"use": "y", "levels": [2, 1]},
        "train": {"lr": 1e-4, "refit": True},
        "a": {"b": {"c": "off"}},
    }


def test_options_patch_and_remove_entries_of_lists(folder: Path) -> None:
    write(a="extends: null\nprepare: [{use: x, p: 1, q: {r: 2}}, {use: y}, {use: z}]\nseeds: [0, 1]\n")
    options = ["prepare.0.p=3", "prepare.0.q.r=4", "prepare.1=null", "prepare.1.use=w", "seeds.1=5"]
    base, _, faults = joined(*options)
    assert faults == []
    assert base == {"prepare": [{"use": "x", "p": 3, "q": {"r": 4}}, {"use": "w"}], "seeds": [0, 5]}


def test_recipes_replace_lists_entirely(folder: Path) -> None:
    write(a="extends: b.yaml\nx: {hop: 1.0}\n", b="extends: null\nx: [{use: y}]\n")
    expected = "expected a list, got a mapping. A list is replaced as a whole, never entry by entry."
    assert joined()[2] == [f"a.yaml:2:4: x: {expected}"]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("head.prd=null", "--set:1:6: head.prd: nothing to remove. The parent has: p, use."),
        ("prepare.1.hop=1", "--set:1:9: prepare: expected the number of an entry (0 to 0), got '1'."),
        ("prepare.y.hop=1", "--set:1:9: prepare: expected the number of an entry (0 to 0), got 'y'."),
        ("prepare.-1.hop=1", "--set:1:9: prepare: expected the number of an entry (0 to 0), got '-1'."),
        ("prepare.0.hop=null", "--set:1:11: prepare[0].hop: nothing to remove. The parent has: use."),
        ("head", "--set:1:1: expected key.key=value, such as train.epochs=3, got 'head'."),
        ("=1", "--set:1:1: expected key.key=value, such as train.epochs=3, got '=1'."),
        ("a..b=1", "--set:1:1: expected key.key=value, such as train.epochs=3, got 'a..b=1'."),
        ("head.p=", "--set:1:7: head.p: no value. Write null to remove it."),
        ("head.p={x: 1", "--set:1:8: head.p: this bracket is not closed"),
        ("head.p={x: 1, x: 2}", "--set:1:15: head.p.x: the key is given twice, on line 1."),
        ("extends=b.yaml", "--set:1:1: extends: an option cannot set the parent. State it in the recipe."),
        ("head.p=\udc80", "--set:1:8: the character U+DC80 is not text."),
    ],
)  # fmt: skip
def test_faults_of_options(folder: Path, option: str, expected: str) -> None:
    write(a="extends: null\nhead: {use: x, p: 1}\nprepare: [{use: y}]\n")
    assert joined(option)[2][0].startswith(expected)


def test_unreadable_texts_are_all_reported(folder: Path) -> None:
    write(a="extends: b.yaml\nx: .nan\n", b="y: [\n")
    assert joined("z", "v=1", "w={")[2] == [
        "a.yaml:2:4: x: numbers must be finite, got .nan.",
        "b.yaml:2:1: the text ends, but a value is expected.",
        "--set:1:1: expected key.key=value, such as train.epochs=3, got 'z'.",
        "--set:3:4: w: the text ends, but a value is expected.",
    ]
