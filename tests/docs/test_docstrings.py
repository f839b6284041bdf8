"""Docstrings begin with a verb, state what is returned, and name the arguments that exist."""

import re
from functools import cache

from support.docstrings import Documented, documented
from support.paths import ROOT

PACKAGES = ("mpcl_core", "registry/mpcl_registry", "plugins/mpcl_plugins")
ARGS = re.compile(r"^Args:\n((?:(?: .*)?\n?)+)", re.MULTILINE)
ENTRY = re.compile(r"^    (\*{0,2}\w+(?:, \*{0,2}\w+)*): ", re.MULTILINE)


@cache
def own() -> list[Documented]:
    """Return the docstrings of all classes and functions."""
    found = (each for package in PACKAGES for each in documented(ROOT / package))
    return [each for each in found if each.kind != "module"]


def places(found: list[Documented]) -> str:
    return "\n".join(f"{each.path.relative_to(ROOT)}:{each.line}: {each.name}" for each in found)


def documented_arguments(text: str) -> set[str]:
    """Return the names in the section ``Args``, where one line may describe several arguments."""
    section = ARGS.search(text)
    entries = ENTRY.findall(section.group(1)) if section else []
    return {name.lstrip("*") for entry in entries for name in entry.split(", ")}


def test_first_words_are_imperative_verbs() -> None:
    """At 100 % when this was written; a share, since a new verb is no reason to fail."""
    without = [each for each in own() if not each.begins_with_a_verb]
    assert len(without) <= 0.01 * len(own()), "a verb first, or add it to VERBS:\n" + places(without)


def test_functions_that_return_something_document_it() -> None:
    without = [each for each in own() if each.returns and not each.says_what_is_returned]
    assert not without, "a section Returns or Yields is lacking:\n" + places(without)


def test_first_lines_have_at_most_100_characters() -> None:
    long = [each for each in own() if len(each.text.splitlines()[0]) > 100]
    assert not long, "shorten the first line:\n" + places(long)


def test_documented_arguments_are_those_of_the_function() -> None:
    wrong = []
    for each in own():
        names = documented_arguments(each.text) if each.kind == "function" else set()
        difference = sorted((names ^ each.parameters) - {"self", "cls"}) if names else []
        if difference:
            wrong.append(f"{each.path.relative_to(ROOT)}:{each.line}: {each.name}: {', '.join(difference)}")
    assert not wrong, "document each argument, and no other:\n" + "\n".join(wrong)


def test_one_line_may_describe_several_arguments() -> None:
    assert documented_arguments("Add.\n\nArgs:\n    a, b: the terms:\n        numbers.\n    *more: others.") == {
        *("a", "b", "more"),
    }
