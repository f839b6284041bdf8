"""Only ``mpcl_core.runs`` spells the names of a run folder's files; everything else uses its layout."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpcl_core.runs import layout
from support.paths import ROOT

FILES = {
    value
    for name, value in vars(layout).items()
    if name.isupper() and isinstance(value, str) and "." in value.strip(".")
}
"""Names with an ending: ``recipe.yaml``, ``lock.json``, ``predictions.npz`` …"""

FOLDERS = {layout.JOBS, layout.PLUGINS, layout.FIGURES, layout.CHECKPOINT}
"""Names that are words of recipes and options too: forbidden where they are parts of paths."""

MODEL_FOLDER = {layout.WEIGHTS, layout.MODEL_CARD, layout.MODEL_DESCRIPTION, layout.TRANSFORMS}
"""Names that the folder of a saved model, which ``mpcl_core.model`` owns, shares with a run folder."""


def sources() -> Iterator[Path]:
    for path in sorted((ROOT / "mpcl_core").rglob("*.py")):
        if path.relative_to(ROOT).parts[1] != "runs":
            yield path


def docstrings(tree: ast.AST) -> set[int]:
    """The nodes of docstrings, those of constants included: texts that stand as statements."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def paths(tree: ast.AST) -> Iterator[ast.expr]:
    """Every operand of ``/`` and every argument of ``Path``, ``glob``, ``rglob`` and ``joinpath``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield from (node.left, node.right)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("Path", "glob", "rglob", "joinpath"):
                yield from node.args


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The string constants in a node, parts of f-strings included."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child


def spelled(source: str, allowed: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    """Line and name of everything that a source spells of a run folder."""
    if not any(name in source for name in FILES | FOLDERS):
        return []
    tree = ast.parse(source)
    ignored = docstrings(tree)
    found = {
        (text.lineno, text.value)
        for text in texts(tree)
        if id(text) not in ignored and text.value.rpartition("/")[2] in FILES - allowed
    }
    for part in paths(tree):
        found |= {(text.lineno, text.value) for text in texts(part) if FOLDERS & set(text.value.split("/"))}
    return sorted(found)


def test_only_the_layout_spells_names_of_a_run_folder() -> None:
    found = []
    for path in sources():
        allowed = frozenset(MODEL_FOLDER) if "model" in path.relative_to(ROOT).parts else frozenset[str]()
        for line, name in spelled(path.read_text(encoding="utf-8"), allowed):
            found.append(f"{path.relative_to(ROOT)}:{line}: {name!r}")
    assert not found, "use mpcl_core.runs.layout:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('run / "lock.json"', ["lock.json"]),
        ('"""It reads lock.json."""\nNAME = 1\n"""summary.csv"""', []),
        ('f"{run}/jobs/x"', []),
        ('run / "jobs" / variant', ["jobs"]),
        ('run.glob("jobs/*/*")', ["jobs/*/*"]),
        ('recipe["plugins"], {"jobs": 2}', []),
        ('run / f"checkpoint/{name}"', ["checkpoint/"]),
        ('print("see lock.json")', []),
        ('name = "checkpoint/weights.safetensors"', ["checkpoint/weights.safetensors"]),
    ],
)
def test_names_are_found_in_code_and_not_in_prose(source: str, names: list[str]) -> None:
    assert [name for _, name in spelled(source)] == names
