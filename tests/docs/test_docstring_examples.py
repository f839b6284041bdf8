"""The examples in docstrings run, and every slot and function for plugin authors has one."""

import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from mpcl_core import losses, plugin
from mpcl_core.interfaces.components import SLOTS, FittedTransform, RecordingTransform, Windowing, WindowTransform
from support.paths import ROOT

ROOTS = (ROOT, ROOT / "registry", ROOT / "plugins")
PACKAGES = ("mpcl_core", "mpcl_registry", "mpcl_plugins")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SLOT_CLASSES = [*SLOTS.values(), RecordingTransform, Windowing, WindowTransform, FittedTransform]
FUNCTIONS = [name for name in plugin.__all__ if inspect.isfunction(getattr(plugin, name))]


def modules_with_examples() -> list[str]:
    """Return the names of the modules whose docstrings hold an example; templates are text and no modules."""
    return [
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for root, package in zip(ROOTS, PACKAGES, strict=True)
        for path in sorted((root / package).rglob("*.py"))
        if "templates" not in path.parts and has_example(path)
    ]


def has_example(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    if ">>>" not in text:
        return False
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, documented))
    return any(">>>" in (ast.get_docstring(node) or "") for node in nodes)


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = import_module(name)
    assert any(found.examples for found in doctest.DocTestFinder().find(module)), "doctest does not find the examples"
    assert doctest.testmod(module, optionflags=OPTIONS).failed == 0


@pytest.mark.parametrize("cls", SLOT_CLASSES, ids=lambda cls: cls.__name__)
def test_every_slot_has_an_example(cls: type) -> None:
    assert ">>>" in (cls.__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_for_plugin_authors_has_an_example(name: str) -> None:
    assert ">>>" in (getattr(plugin, name).__doc__ or "")


@pytest.mark.parametrize("name", losses.__all__)
def test_every_loss_has_an_example(name: str) -> None:
    assert ">>>" in (getattr(losses, name).__doc__ or "")
