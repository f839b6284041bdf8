"""One module gives a plugin author every name, and each name is documented."""

import ast
import inspect
from itertools import pairwise

import pytest

from mpcl_core import plugin
from mpcl_core.interfaces import components, parameter_types
from mpcl_core.interfaces.components import fitted_state, mergeable_transform
from mpcl_core.toolkit import csv_table, ratings
from support.paths import ROOT

EXAMPLE = ROOT / "examples/respiration/respiration.py"


def documented_constants(module: object) -> set[str]:
    """Return the constants of a module that a string follows."""
    body = ast.parse(inspect.getsource(module)).body  # type: ignore[arg-type]
    return {
        node.targets[0].id
        for node, after in pairwise(body)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }


@pytest.mark.parametrize("name", plugin.__all__)
def test_every_name_is_documented(name: str) -> None:
    value = getattr(plugin, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__doc__
        assert not value.__doc__.startswith(f"{name}(")  # what a dataclass writes by itself
    elif name != "hookimpl":
        modules = (parameter_types, ratings, csv_table, fitted_state, mergeable_transform)
        assert name in {constant for module in modules for constant in documented_constants(module)}


def test_every_slot_exports_its_base_class() -> None:
    assert {cls.__name__ for cls in components.SLOTS.values()} <= set(plugin.__all__)


def test_everything_imported_is_listed() -> None:
    tree = ast.parse(inspect.getsource(plugin))
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported == set(plugin.__all__)


def test_a_plugin_of_a_new_modality_needs_one_import_and_fewer_than_40_lines() -> None:
    lines = EXAMPLE.read_text().splitlines()
    assert len(lines) < 40
    assert [line for line in lines if "mpcl" in line and "import" in line] == [
        "from mpcl_core.plugin import Component, Encoder, Modality, hookimpl"
    ]
