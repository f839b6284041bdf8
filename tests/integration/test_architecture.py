"""The architecture holds: layers, names, and what is imported when."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpcl_core.interfaces import hooks
from mpcl_core.interfaces.components import SLOTS, NetworkComponent
from mpcl_registry.discover import DEFAULT_PLUGINS, discover
from support import shape_checks
from support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [path.rsplit("/", 1)[-1] for path in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
ENTRIES = list(discover(entries=()).catalog.entries())


def test_every_package_is_listed_everywhere() -> None:
    found = [
        "mpcl_core",
        *sorted(p.name for root in ("registry", "plugins") for p in (ROOT / root).glob("mpcl_*")),
    ]
    assert sorted(PACKAGES) == sorted(found)
    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == sorted(PACKAGES)
    assert sorted(PROJECT["tool"]["mypy"]["packages"]) == sorted(PACKAGES)
    assert sorted(shape_checks.PACKAGES) == sorted(PACKAGES)
    slots = (ROOT / "plugins" / "mpcl_plugins").glob("*/__init__.py")
    assert {f"mpcl_plugins.{slot.parent.name}" for slot in slots} == set(DEFAULT_PLUGINS)


def test_every_hook_and_slot_is_documented() -> None:
    specs = [f for name, f in inspect.getmembers(hooks, inspect.isfunction) if name.startswith("mpcl_")]
    assert len(specs) == 8
    for thing in [*specs, *SLOTS.values()]:
        assert len(inspect.getdoc(thing) or "") > 40, thing


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.cls.slot}-{entry.cls.name}")
def test_component_is_documented_in_the_module_of_its_name(entry) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    cls = entry.cls
    assert cls.__module__ == f"{entry.owner}.{cls.name}"
    assert cls.__name__.lower() == cls.name.replace("_", "")
    assert inspect.getmodule(cls).__doc__, "the module says what it computes"
    own = set(inspect.signature(cls).parameters) - set(inspect.signature(SLOTS[cls.slot]).parameters)
    for name in own:
        assert f"{name}" in cls.__doc__, f"{cls.__name__} does not document '{name}'"


def test_component_files_are_small() -> None:
    for entry in ENTRIES:
        if issubclass(entry.cls, NetworkComponent):
            lines = len(inspect.getsource(inspect.getmodule(entry.cls)).splitlines())  # type: ignore[arg-type]
            assert lines <= 170, f"{entry.file}: {lines} lines"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from mpcl_core.cli.main import parser; parser()", ["torch", "numpy", "pydantic", "yaml"]),
        ("from mpcl_core.recipe.load import load", ["torch", "numpy"]),
        (
            "from mpcl_core.sklearn import MPCLEstimator, RecipeFolds, arrays; MPCLEstimator('described').get_params(False);"
            "import mpcl_core.model, mpcl_core.metrics",
            ["torch", "matplotlib", "sklearn.model_selection"],
        ),
        ("import mpcl_core; mpcl_core.load_recipe('modules', variants=['full'])", ["torch"]),
        (
            "from mpcl_registry.discover import discover; discover()",
            ["torch_geometric", "sklearn", "matplotlib"],
        ),
        (
            "from mpcl_core.app.inspection.checking import check; from mpcl_core.recipe.load import load; check(load('mpcl'))",
            ["torch._dynamo", "torch_geometric", "matplotlib"],
        ),
    ],
)
def test_heavy_modules_are_imported_late(code: str, absent: list[str]) -> None:
    test = f"import sys; {code}; print([m for m in {absent!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", test], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_importing_and_discovering_seed_nothing() -> None:
    code = (
        "import numpy, torch; state = lambda: (torch.initial_seed(), numpy.random.get_state()[1].tolist());"
        "before = state(); import mpcl_core.app.inspection.checking, mpcl_registry.discover; mpcl_registry.discover.discover(); assert state() == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def sources() -> list[Path]:
    folders = ("mpcl_core", "registry", "plugins", "benchmarks", "examples")
    return [ROOT / "tasks.py", *(file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))]


OPENING = re.compile(rb"\b(open|fdopen|NamedTemporaryFile|TextIOWrapper|read_text|write_text)\(")


def calls_without_encoding(source: bytes) -> Iterator[int]:
    for call in ast.walk(ast.parse(source)) if OPENING.search(source) else ():
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        stated = {keyword.arg for keyword in call.keywords}
        is_stated = "encoding" in stated or (name == "read_text" and bool(call.args))
        if name in ("read_text", "write_text") and not is_stated:
            yield call.lineno
        is_file = name in ("open", "fdopen", "NamedTemporaryFile", "TextIOWrapper") and (owner, name) != ("os", "open")
        texts = [arg.value for arg in ast.walk(call) if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        is_binary = any(set(text) <= set("rwxab+") and "b" in text for text in texts)
        if is_file and owner not in ("archive", "safetensors") and not is_binary and "encoding" not in stated:
            yield call.lineno


def test_text_files_are_opened_with_an_encoding() -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line}" for file in sources() for line in calls_without_encoding(file.read_bytes())
    }
    assert found == set(), "state encoding='utf-8', or a binary mode"
