"""Suggest the name that a user may have meant."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Find a known name that is similar to an unknown one.

    Args:
        name: the unknown name.
        known: the names that exist.

    Returns:
        A question with a space before it; empty where no name is similar.
    """
    near = get_close_matches(name, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def describe_missing(path: Path, what: str = "file or folder") -> str:
    """Describe a path that does not exist: its first missing part, and what has a similar name there.

    Args:
        path: the path.
        what: what it should be.

    Returns:
        What is missing, without a full stop, or followed by a question.

    Example:
        >>> describe_missing(Path("/usr/nowhere/a.csv"), "recording")
        "there is no recording '/usr/nowhere/a.csv': there is no '/usr/nowhere'"
    """
    first = next((each for each in reversed([path, *path.parents]) if not each.exists()), path)
    try:
        names = [each.name for each in os.scandir(first.parent)]
    except OSError:
        names = []
    near = get_close_matches(first.name, names, n=1)
    reason = "" if first == path else f": there is no '{first}'"
    question = f". Did you mean '{first.parent / near[0] / path.relative_to(first)}'?" if near else ""
    return f"there is no {what} '{path}'{reason}{question}"
