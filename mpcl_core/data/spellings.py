"""Find identifiers that may be one person or stimulus whose name was written in two ways."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

SYNONYMS = {"sub": "s", "subj": "s", "subject": "s", "participant": "p", "part": "p"}
"""Words in front of a number -> the letter that is written for them as well."""

N_EXAMPLES = 3
"""How many groups of spellings a note shows."""

_WHOLE_NUMBER = re.compile(r"(\D*\d+)\.0+")
_TOKEN = re.compile(r"\d+|[^\d\s_.,:/#-]+")
_FORMAT = "Cf"  # category of characters without a glyph, such as a byte order mark


def normal_form(identifier: str) -> str:
    """Return an identifier in one spelling.

    ``01``, ``1.0`` and `` 1`` are ``1``; ``sub-01`` and ``S1`` are ``s1``. Case, leading zeros, separators, the
    composition of letters and the words for a subject do not count. A separator between two numbers does: ``1-2`` is
    not ``12``.

    Args:
        identifier: a subject or stimulus as a table writes it.

    Returns:
        The spelling by which identifiers are compared.

    Example:
        >>> normal_form("Sub-01"), normal_form("1.0"), normal_form("10")
        ('s1', '1', '10')
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identifier).casefold()).strip()
    text = "".join(character for character in text if unicodedata.category(character) != _FORMAT)
    if number := _WHOLE_NUMBER.fullmatch(text):
        text = number[1]
    tokens = [(token.lstrip("0") or "0") if token.isdecimal() else token for token in _TOKEN.findall(text)]
    if not tokens:
        return text
    if len(tokens) == 2 and tokens[1].isdecimal():
        tokens[0] = SYNONYMS.get(tokens[0], tokens[0])
    joined = tokens[0]
    for before, token in pairwise(tokens):
        joined += f"-{token}" if before.isdecimal() and token.isdecimal() else token
    return joined


def find_spellings(identifiers: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of identifiers that differ only in how they are written.

    Numbers with a letter before them and numbers without one count as the same identifiers where most numbers of the
    smaller of both groups are in the other as well: ``1 2 3`` beside ``S1 S2 S3``, but not ``1 10`` beside ``S1 S11``.

    Args:
        identifiers: the subjects or stimuli of a study, with repetitions; empty ones are unknown and do not count.

    Returns:
        The groups of two spellings and more, each in the order of first appearance.

    Example:
        >>> find_spellings(["01", "02", "1", "10"])
        [('01', '1')]
    """
    groups: dict[str, list[str]] = {}
    for identifier in dict.fromkeys(identifiers):
        if identifier:
            groups.setdefault(normal_form(identifier), []).append(identifier)
    bare = {form for form in groups if form.isdecimal()}
    for letters in dict.fromkeys(form.rstrip("0123456789") for form in groups if form not in bare):
        lettered = {form for form in groups if form != letters and form.rstrip("0123456789") == letters}
        shared = [form for form in groups if form in bare and f"{letters}{form}" in lettered]
        if 2 * len(shared) > min(len(bare), len(lettered)):
            for form in shared:
                groups[form] += groups.pop(f"{letters}{form}")
    return [tuple(spellings) for spellings in groups.values() if len(spellings) > 1]


def spelling_note(what: str, identifiers: Iterable[str]) -> str:
    """Return a note that names identifiers which may be one, or an empty text where there are none.

    Args:
        what: the kind of the identifiers, ``subject`` or ``stimulus``.
        identifiers: all of them.

    Returns:
        One sentence with the spellings and a question, or ''.
    """
    found = find_spellings(identifiers)
    if not found:
        return ""
    shown = "; ".join(map(_listed, found[:N_EXAMPLES])) + (" …" if found[N_EXAMPLES:] else "")
    count, one = len(found), "one person" if what == "subject" else f"one {what}"
    start = f"{count} {what}{'s' * (count > 1)} may be written in two ways: {shown}"
    return f"{start}. Are they {one}{' each' * (count > 1)}? If so, write one spelling; now they count as different."


def _listed(spellings: Sequence[str]) -> str:
    return " and ".join(f"'{spelling}'" for spelling in spellings)
