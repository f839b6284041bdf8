"""Names say what a thing is or does, in the words of the glossary."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.paths import ROOT

PACKAGES = ("mpcl_core", "registry/mpcl_registry", "plugins/mpcl_plugins")

RIDDLES = frozenset(
    [
        *("asked", "attended", "blame", "blamed", "drift", "elsewhere", "given", "heard", "how", "judged", "kept"),
        *("lock", "pace", "rows", "said", "say", "says", "shelf", "shown", "stood", "stored", "tell", "telling"),
        *("there", "together", "told", "unheard", "views", "way", "ways", "whole", "whose"),
    ]
)
"""Parts of names that a reader cannot guess the meaning of, or that the glossary replaces."""

ALLOWED = {
    "_lock": "of a file, against other processes",
    "_build_number_rows": "of a table on a page",
    "csv_rows": "of a table of text",
    "_build_rows": "of a table on a page",
    "_rows": "of a table in a file",
    "rows": "of a table in a file",
    "stored_arrays": "as a MATLAB file stores them",
}
"""Name -> why a part of it is plain English there."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
DEFINITION = re.compile(r"^ *(?:class|def|async def) (\w+)", re.MULTILINE)
ENTRY = re.compile(r"^(\w[\w -]*)\n  \S", re.MULTILINE)


def sources() -> list[Path]:
    """Return the Python files of the installed packages."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def names(path: Path) -> Iterator[str]:
    """Yield the names of a module, its classes and its functions."""
    yield path.parent.name if path.name == "__init__.py" else path.stem
    yield from DEFINITION.findall(path.read_text(encoding="utf-8"))


def riddles(name: str) -> set[str]:
    """Return the parts of a name that are riddles."""
    return {word.lower() for word in WORD.findall(name)} & RIDDLES


def test_names_of_modules_classes_and_functions_use_no_forbidden_word() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name in dict.fromkeys(names(path))
        if riddles(name) and name not in ALLOWED
    ]
    assert not found, "rename these (docs/glossary.md lists the words to use):\n" + "\n".join(found)


def test_every_exception_is_needed() -> None:
    used = {name for path in sources() for name in names(path)}
    assert [name for name in ALLOWED if name not in used or not riddles(name)] == []


@pytest.mark.parametrize(("name", "parts"), [("_how", {"how"}), ("ToldTwice", {"told"}), ("mean_row", set())])
def test_names_are_split_at_underscores_and_capitals(name: str, parts: set[str]) -> None:
    assert riddles(name) == parts


def test_glossary_has_at_most_forty_entries_and_none_twice() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = ENTRY.findall(text.partition(":::{glossary}")[2])
    assert 30 <= len(entries) <= 40
    assert len(set(entries)) == len(entries)
