"""Suggest the name that a user may have meant, and list the names that there are."""

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path


def suggest_name(name: str, known: Iterable[str], n: int = 1) -> str:
    """Ask whether a known name was meant that is similar to an unknown one, whatever the case of letters.

    Args:
        name: the unknown name.
        known: the names that exist.
        n: how many similar names the question may have.

    Returns:
        A question with a space before it, to follow a message; empty where no name is similar.

    Example:
        >>> "no regressor 'Ridg'." + suggest_name("Ridg", ["Lasso", "Ridge"])
        "no regressor 'Ridg'. Did you mean 'Ridge'?"
    """
    by_lower = {each.lower(): each for each in known}
    return suggest_any(by_lower[near] for near in get_close_matches(name.lower(), by_lower, n=n))


def suggest_any(names: Iterable[str]) -> str:
    """Ask whether one of some names was meant.

    Args:
        names: the names; a repeated one counts once.

    Returns:
        A question with a space before it; empty without a name.

    Example:
        >>> suggest_any(["mpcl", "meet"])
        " Did you mean 'mpcl' or 'meet'?"
    """
    choice = " or ".join(f"'{name}'" for name in dict.fromkeys(names))
    return f" Did you mean {choice}?" if choice else ""


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
    question = suggest_any(str(first.parent / name / path.relative_to(first)) for name in near)
    return f"there is no {what} '{path}'{reason}{question and '.'}{question}"


def list_names(names: Sequence[str], most: int = 40) -> str:
    """Join names for a message, of which a long list is cut.

    Args:
        names: the names.
        most: how many are named.

    Returns:
        The names, and how many more there are.

    Example:
        >>> list_names(["hr", "gsr", "eeg"], most=2)
        'hr, gsr and 1 more'
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if names[most:] else "")
