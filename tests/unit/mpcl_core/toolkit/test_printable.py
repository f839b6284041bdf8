"""Text of files and plugins cannot control a terminal or add markup."""

import pytest

from mpcl_core.toolkit.printable import markdown_text, printable


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
