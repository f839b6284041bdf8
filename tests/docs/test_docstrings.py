"""Docstrings begin with a verb, state what is returned, and name the arguments that exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.docstrings import Documented, documented
from support.paths import ROOT

PACKAGES = ("mpcl_core", "registry/mpcl_registry", "plugins/mpcl_plugins")
DOCUMENTED = [each for package in PACKAGES for each in documented(ROOT / package)]
OWN = [each for each in DOCUMENTED if each.kind != "module"]
ARGS = re.compile(r"^Args:\n((?:(?: .*)?\n?)+)", re.MULTILINE)
ENTRY = re.compile(r"^    (\*{0,2}\w+(?:, \*{0,2}\w+)*): ", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def places(found: list[Documented]) -> str:
    return "\n".join(f"{each.path.relative_to(ROOT)}:{each.line}: {each.name}" for each in found)


def documented_arguments(text: str) -> set[str]:
    """Return the names in the section ``Args``, where one line may describe several arguments."""
    section = ARGS.search(text)
    entries = ENTRY.findall(section.group(1)) if section else []
    return {name.lstrip("*") for entry in entries for name in entry.split(", ")}


def parameters(function: Function) -> set[str]:
    """Return the names of all parameters."""
    args = function.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    return {arg.arg for arg in named}


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function) and ast.get_docstring(node):
            yield node


def test_first_words_are_imperative_verbs() -> None:
    """At 100 % when this was written; a share, since a new verb is no reason to fail."""
    without = [each for each in OWN if not each.begins_with_a_verb]
    assert len(without) <= 0.01 * len(OWN), "a verb first, or add it to VERBS:\n" + places(without)


def test_functions_that_return_something_document_it() -> None:
    without = [each for each in OWN if each.returns and not each.says_what_is_returned]
    assert not without, "a section Returns or Yields is lacking:\n" + places(without)


def test_first_lines_have_at_most_100_characters() -> None:
    long = [each for each in OWN if len(each.text.splitlines()[0]) > 100]
    assert not long, "shorten the first line:\n" + places(long)


@pytest.mark.parametrize("package", PACKAGES)
def test_documented_arguments_are_those_of_the_function(package: str) -> None:
    wrong = []
    for path in sorted((ROOT / package).rglob("*.py")):
        for function in functions(path):
            names = documented_arguments(ast.get_docstring(function) or "")
            difference = sorted((names ^ parameters(function)) - {"self", "cls"}) if names else []
            if difference:
                wrong.append(f"{path.relative_to(ROOT)}:{function.lineno}: {function.name}: {', '.join(difference)}")
    assert not wrong, "document each argument, and no other:\n" + "\n".join(wrong)


def test_one_line_may_describe_several_arguments() -> None:
    assert documented_arguments("Add.\n\nArgs:\n    a, b: the terms:\n        numbers.\n    *more: others.") == {
        *("a", "b", "more"),
    }
