"""Make text of files and plugins safe for a terminal, for Markdown and for a spreadsheet."""

import json
import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and newline, separators of lines, marks of direction, and half characters."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Characters with which a cell of a spreadsheet begins that is a formula."""

_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def printable(text: str) -> str:
    r"""Replace control characters by escapes, so that a terminal shows them and does not obey them.

    Args:
        text: any text; its tabs and newlines stay.

    Returns:
        The text, which any encoding of Unicode can hold.

    Example:
        >>> printable("a\x1b[31mb")
        'a\\x1b[31mb'
    """
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def json_text(value: object, ascii_only: bool = False, indent: int | None = 1) -> str:
    r"""Write a value as JSON that can be printed.

    Args:
        value: plain values.
        ascii_only: write all other characters as escapes too.
        indent: characters by which each level is indented; None for one line.

    Returns:
        The JSON text, whose control characters are escapes.

    Example:
        >>> json_text("a\x9bb")
        '"a\\u009bb"'
    """
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cell_text(text: str) -> str:
    """Replace control characters, and put an apostrophe before what would be a formula.

    Args:
        text: any text.

    Returns:
        The text for a cell of a CSV file.

    Example:
        >>> cell_text("=1+1")
        "'=1+1"
    """
    return printable(f"'{text}" if text.startswith(_FORMULA) else text)


def markdown_text(text: str) -> str:
    """Replace control characters and what Markdown would take for a tag of HTML.

    Args:
        text: any text.

    Returns:
        The text for a paragraph or a cell.

    Example:
        >>> markdown_text("<b>")
        '&lt;b>'
    """
    return _TAG.sub("&lt;", printable(text))
