"""Text of files and plugins cannot control a terminal or add markup."""

import json

import pytest

from mpcl_core.toolkit.printable import cell_text, json_text, markdown_text, printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]0;OWNED\x07", r"\x1b]0;OWNED\x07"),
        ("a\rb\x9b31m", r"a\rb\x9b31m"),
        ("a\u202eb\u2028", r"a\u202eb\u2028"),
        ("\ud800", r"\ud800"),
        ("Größe\t1\n2 ≤ 3", "Größe\t1\n2 ≤ 3"),
    ],
)
def test_control_characters_are_escaped(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_tags_are_no_markup_in_markdown() -> None:
    assert markdown_text("<script>x</script> a < b") == "&lt;script>x&lt;/script> a < b"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1"])
def test_cells_are_no_formulas(text: str) -> None:
    assert cell_text(text).startswith("'")
    assert cell_text("s01") == "s01"


def test_json_escapes_what_a_terminal_would_obey() -> None:
    values = {"\x9b31m": "\ud800 \u202e \x1b Größe"}
    text = json_text(values)
    assert "Größe" in text
    assert printable(text) == text
    assert json.loads(text) == json.loads(json_text(values, ascii_only=True)) == values
    assert json_text(values, ascii_only=True).isascii()
