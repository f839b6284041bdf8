"""Read YAML strictly: values, their places, and what is refused."""

import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.node import Node, list_values, to_plain
from mpcl_core.recipe.yaml import MAX_DEPTH, parse, read


def place(line: int, column: int) -> Place:
    return Place("r.yaml", line, column)


def tree(text: str) -> Node:
    faults: list[Fault] = []
    node = parse(text, place, faults)
    assert faults == []
    assert node is not None
    return node


def faults_of(text: str) -> list[str]:
    faults: list[Fault] = []
    parse(text, place, faults)
    return list(map(str, faults))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1.0e-3", 1e-3),
        ("-1E+2", -100.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("3", 3),
        ("-0", 0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("off", "off"),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("True", "True"),
        ("Null", "Null"),
        ("007", "007"),
        ("0x1f", "0x1f"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00"),
        ("nan", "nan"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("٣", "٣"),
        ("'1e-4'", "1e-4"),
        ('"true"', "true"),
        ("''", ""),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("[1, a, [null]]", [1, "a", [None]]),
        ("{}", {}),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_values_of_unquoted_text(text: str, value: object) -> None:
    found = to_plain(tree(f"x: {text}"))["x"]
    assert found == value
    assert type(found) is type(value)


def test_values_and_keys_have_their_places() -> None:
    node = tree("a: 1\nb:\n  - {c: x, é: [1, 2]}\n")
    entry = node.mapping["b"].entries[0]
    assert node.place == place(1, 1)
    assert (node.mapping["b"].key_place, node.mapping["b"].place) == (place(2, 1), place(3, 3))
    assert (entry.key_place, entry.place) == (None, place(3, 5))
    assert (entry.mapping["c"].key_place, entry.mapping["c"].place) == (place(3, 6), place(3, 9))
    assert entry.mapping["é"].entries[1].place == place(3, 19)


def test_aliases_repeat_a_value() -> None:
    node = tree("a: &x {b: [1]}\nc: *x\n")
    assert to_plain(node) == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert node.mapping["c"].key_place == place(2, 1)


def test_list_values_keeps_lists_of_scalars() -> None:
    node = tree("a: {b: 1, c: []}\nd: [1, 2]\ne:\n  - {f: {}}\n  - 3\n")
    assert list_values(node) == {
        "a.b": (1, place(1, 8)),
        "a.c": ([], place(1, 14)),
        "d": ([1, 2], place(2, 4)),
        "e[0].f": ({}, place(4, 9)),
        "e[1]": (3, place(5, 5)),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ["r.yaml:3:1: a: the key is given twice, on lines 1 and 3."]),
        ("t: {x: 1, x: 2, x: 3}", ["r.yaml:1:11: t.x: the key is given twice, on line 1.", "r.yaml:1:17: t.x: the key is given twice, on line 1."]),
        ("a: .nan", ["r.yaml:1:4: a: numbers must be finite, got .nan."]),
        ("a: [-.INF, 1e999]", ["r.yaml:1:5: a[0]: numbers must be finite, got -.INF.", "r.yaml:1:12: a[1]: numbers must be finite, got 1e999."]),
        ("a: 9223372036854775808", ["r.yaml:1:4: a: a whole number must fit into 64 bits, got '9223372036854775808'."]),
        ("a:\nb: 2\n", ["r.yaml:1:3: a: no value. Write null to remove it, or {} for an empty mapping."]),
        ("1: x\ntrue: y\n~: z\n", ["r.yaml:1:1: a key must be text, got 1. Put it in quotes.", "r.yaml:2:1: a key must be text, got true. Put it in quotes.", "r.yaml:3:1: a key must be text, got ~. Put it in quotes."]),
        ("[a]: x", ["r.yaml:1:1: a key must be text, got a list or a mapping."]),
        ("'': x", ["r.yaml:1:1: a key must not be empty."]),
        ("b: &x {c: 1}\na:\n  <<: *x\n", ["r.yaml:3:3: a: merge keys (<<) are not supported. Use 'extends' or 'variants'."]),
        ("a: !!python/object/apply:os.system [ls]", ["r.yaml:1:4: a: the tag !!python/object/apply:os.system is not allowed. Use plain values."]),
        ("a: !!float 3", ["r.yaml:1:4: a: the tag !!float is not allowed. Use plain values."]),
        ("a: !x 3", ["r.yaml:1:4: a: the tag !x is not allowed. Use plain values."]),
        ("a: &x [*x]", ["r.yaml:1:8: a[0]: this alias has no complete anchor &x before it."]),
        ("a: *x", ["r.yaml:1:4: a: this alias has no complete anchor &x before it."]),
        ("a: 1\n---\nb: 2\n", ["r.yaml:2:1: a second document begins here, but a recipe is a single document."]),
        ("", ["r.yaml:1:1: the text is empty."]),
        ("# nothing\n\n", ["r.yaml:1:1: the text is empty."]),
        ("a: 1\nb: \x07\n", ["r.yaml:2:4: the character U+0007 is not text. A recipe is a text file."]),
        ("a: 1\n\tb: 2\n", ["r.yaml:2:1: indent with spaces; a tab is not allowed here."]),
        ("a: @b", ["r.yaml:1:4: a text without quotes cannot begin with '@'."]),
        ("a: 'b\nc: 1\n", ["r.yaml:1:4: this quote is not closed."]),
        ("a: [1, 2\nb: 3\n", ["r.yaml:1:4: this bracket is not closed, or a ',' is missing before r.yaml:2:2."]),
        ("a: {b: 1 c: 2}", ["r.yaml:1:4: this bracket is not closed, or a ',' is missing before r.yaml:1:11."]),
        ("a: 1\n  b: 2\n", ["r.yaml:2:4: a ':' is not allowed here. Check the indentation, that a space follows each ':', and that a text which contains ':' is in quotes."]),
        ("a: 1\nfoo\n", ["r.yaml:2:1: expected 'key: value', with a space after the ':'."]),
        ("a:\n  - 1\n - 2\n", ["r.yaml:3:2: expected a key in line with those above."]),
        ("a: [1,,2]", ["r.yaml:1:7: expected a value before this."]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_invalid_texts_are_refused(
    text: str, expected: list[str], loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", getattr(yaml, loader), raising=False)
    assert faults_of(text) == expected


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        (BOMB, "more than 10000 values, counted with aliases expanded"),
        ("x: [" + "1, " * 20_000 + "1]", "more than 10000 values"),
        ("x: " + "[" * 300_000, f"nested more than {MAX_DEPTH} deep"),
        ("{a: " * 100_000, f"nested more than {MAX_DEPTH} deep"),
        ("".join(" " * i + "a:\n" for i in range(500)), f"nested more than {MAX_DEPTH} deep"),
        ("x: " + "9" * 100_000, "must fit into 64 bits"),
        ("x: " + "a" * 1_000_000 + ": b", "is not allowed here"),
    ],
)
def test_large_texts_are_refused_fast(text: str, fragment: str) -> None:
    start = time.perf_counter()
    (fault,) = faults_of(text)
    assert fragment in fault
    assert len(fault) < 300
    assert time.perf_counter() - start < 20.0


def read_faults(path: Path) -> list[str]:
    faults: list[Fault] = []
    assert read(path, faults) is None
    return list(map(str, faults))


def test_unreadable_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("latin.yaml").write_bytes("name: x\nb: café\n".encode("latin-1"))
    Path("utf16.yaml").write_bytes("name: x\n".encode("utf-16"))
    Path("huge.yaml").write_bytes(b"#" * (2**20 + 1))
    Path("loop.yaml").symlink_to("loop.yaml")
    os.mkfifo("pipe.yaml")
    assert read_faults(Path("absent.yaml")) == ["absent.yaml:1:1: no such file or directory."]
    assert read_faults(Path()) == [".:1:1: a folder, but a recipe is a file, such as 'huge.yaml'."]
    assert read_faults(Path("pipe.yaml")) == ["pipe.yaml:1:1: not a regular file."]
    assert read_faults(Path("huge.yaml")) == ["huge.yaml:1:1: larger than 1 MiB, but a recipe is a short text."]
    assert read_faults(Path("latin.yaml")) == ["latin.yaml:2:7: the byte 0xe9 is not UTF-8. A recipe is a text file."]
    assert read_faults(Path("utf16.yaml")) == ["utf16.yaml:1:1: the byte 0xff is not UTF-8. A recipe is a text file."]
    assert read_faults(Path("loop.yaml"))[0].startswith("loop.yaml:1:1: too many levels of symbolic links")
    assert read_faults(Path("x" * 300))[0].endswith(":1:1: file name too long.")
    assert read_faults(Path("a\0b"))[0].endswith("embedded null byte.")


def test_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "mine.yaml"
    file.write_text("name: x\n")
    monkeypatch.setattr(Path, "open", refuse)
    assert read_faults(file) == [f"{file}:1:1: permission denied."]


def test_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: x\r\nseeds: [0]\r\n")
    faults: list[Fault] = []
    node = read(file, faults)
    assert node is not None
    assert to_plain(node) == {"name": "x", "seeds": [0]}
    assert node.mapping["seeds"].key_place == Place(str(file), 2, 1)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab:-[]{},&*!|>'\"#%@` \t\n?~<0.1e"), max_size=40))
def test_any_text_has_a_tree_or_a_fault(text: str) -> None:
    faults: list[Fault] = []
    assert (parse(text, place, faults) is not None) or faults
    assert all(fault.place.line >= 1 and fault.place.column >= 1 for fault in faults)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab:-[]{},&*!|>'\"#%@` \n?~<0.1e"), max_size=40))
def test_accepted_values_equal_those_of_yaml(text: str) -> None:
    faults: list[Fault] = []
    node = parse(text, place, faults)
    if node is None or faults:
        return
    assert _words(to_plain(node)) == _words(yaml.load(text, Loader=yaml.CBaseLoader))


def _words(value: object) -> object:
    """Return the shape of a document without its scalars, whose values only this reader defines."""
    if isinstance(value, dict):
        return {key: _words(child) for key, child in value.items()}
    return [_words(child) for child in value] if isinstance(value, list) else "scalar"
