"""Make text of files and plugins safe for a terminal and for Markdown."""

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and newline, separators of lines, marks of direction, and half characters."""

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
