"""Suggest the name that a user may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches


def suggest_name(name: str, known: Sequence[str]) -> str:
    """Find a known name that is similar to an unknown one.

    Args:
        name: the unknown name.
        known: the names that exist.

    Returns:
        A question with a space before it; empty where no name is similar.
    """
    near = get_close_matches(name, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""
