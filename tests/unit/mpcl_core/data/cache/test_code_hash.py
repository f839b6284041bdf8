"""Hash the code that makes windows: a component's module and what it imports of its own package."""

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpcl_core.data.cache.code_hash import IMPORT_TIME, hash_class, hash_module
from mpcl_core.interfaces.components import Component
from mpcl_plugins.transforms.window import Window
from mpcl_registry.discover import discover
from support.paths import ROOT

FILES = {
    "__init__.py": "",
    "source.py": """
from mpcl_core.interfaces.components import Source
from lab_code.base import Base
from lab_code import words

class Mine(Base):
    name = "mine"
    def load(self):
        if self:
            try:
                from .deep import reading
            finally:
                pass
""",
    "base.py": "from mpcl_core.interfaces.components import Source\nclass Base(Source):\n    pass\n",
    "words.py": "WORDS = 1\n",
    "deep/__init__.py": "",
    "deep/reading.py": "from ..far import VALUE\n",
    "far.py": "import json, lab_code.wide as wide\nVALUE = 1\n",
    "wide.py": "",
    "unrelated.py": "",
}


def write(path: Path, text: str) -> None:
    """Write a file as if an hour ago, before anything was imported."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    then = path.stat().st_mtime - 3600
    os.utime(path, (then, then))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        write(tmp_path / "lab_code" / name, text)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "lab_code"
    for name in [name for name in sys.modules if name.partition(".")[0] == "lab_code"]:
        del sys.modules[name]


def mine() -> type[Component]:
    cls: type[Component] = importlib.import_module("lab_code.source").Mine
    return cls


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("source.py", True),
        ("base.py", True),
        ("words.py", True),
        ("deep/__init__.py", True),
        ("deep/reading.py", True),
        ("far.py", True),
        ("wide.py", True),
        ("unrelated.py", False),
    ],
)
def test_imports_matter_wherever_they_are(name: str, counts: bool, package: Path) -> None:
    before = hash_class(mine())
    assert before is not None
    assert hash_class(mine()) == before
    write(package / name, FILES[name] + "\n# changed\n")
    assert (hash_class(mine()) != before) is counts


def test_code_changed_after_import_is_unknown(package: Path) -> None:
    assert hash_class(mine()) is not None
    (package / "far.py").write_text("VALUE = 2\n")
    assert hash_class(mine()) is None


def test_class_without_a_file_is_unknown() -> None:
    typed = type("Typed", (Window,), {"__module__": "__nowhere__", "name": "typed"})
    assert hash_class(typed) is None


def test_base_classes_matter(package: Path) -> None:
    heir = type("Heir", (mine(),), {"__module__": __name__, "name": "heir"})
    before = hash_class(heir)
    assert before not in (None, hash_class(mine()))
    write(package / "far.py", "VALUE = 2\n")
    assert hash_class(heir) != before


def test_every_built_in_component_is_known() -> None:
    entries = [*discover(entries=()).catalog.entries("source"), *discover(entries=()).catalog.entries("transform")]
    found = {entry.cls.name: hash_class(entry.cls) for entry in entries}
    if max(file.stat().st_mtime for file in (ROOT / "plugins").rglob("*.py")) > IMPORT_TIME:
        pytest.skip("a plugin has just been edited")
    assert None not in found.values()
    assert found["hrv"] != found["window"]
    assert hash_module("mpcl_core.data.prepare")
