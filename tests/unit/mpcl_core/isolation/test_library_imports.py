"""Libraries of a plugin are imported before it, as far as they can be."""

import sys
from pathlib import Path

import pytest

from mpcl_core.isolation.library_imports import import_libraries, module_sources

PLUGIN = """
import json.tool
import nothing_of_this_name
from installed_library.part import value
import loose_library
from . import sibling

def later():
    import other_library
"""


def test_installed_libraries_are_imported_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = []
    monkeypatch.setattr("mpcl_core.isolation.library_imports.import_module", imported.append)
    monkeypatch.setattr("mpcl_core.isolation.library_imports.module_path", lambda name: tmp_path / f"{name}.py")
    monkeypatch.setattr("mpcl_core.isolation.library_imports.is_loose", lambda name, _: name != "installed_library")
    (tmp_path / "plugin.py").write_text(PLUGIN)
    import_libraries(tmp_path / "plugin.py")
    assert imported == ["installed_library.part"]


def test_what_cannot_be_imported_is_left_to_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise RuntimeError

    monkeypatch.setattr("mpcl_core.isolation.library_imports.import_module", fail)
    (tmp_path / "plugin.py").write_text("import numpy\n")
    (tmp_path / "broken.py").write_text("import (\n")
    for name in ("plugin.py", "broken.py", "absent.py"):
        import_libraries(tmp_path / name)


def test_sources_of_a_package_are_its_files() -> None:
    assert Path(str(sys.modules["pytest"].__file__)) in module_sources("pytest")
    assert module_sources("nothing_of_this_name") == []
