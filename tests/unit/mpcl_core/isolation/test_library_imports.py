"""Libraries of a plugin are imported before it, as far as they can be."""

import subprocess
import sys
from pathlib import Path

import pytest

from mpcl_core.isolation.library_imports import import_declared, import_libraries, module_sources
from mpcl_plugins.bridges.braindecode import Braindecode
from mpcl_plugins.graph import mpcl_components

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


NEW_PROCESS = """
import torch
from mpcl_core.isolation.library_functions import preserve_libraries
from mpcl_core.isolation.library_imports import import_declared
from mpcl_plugins.graph.modality_graph import ModalityGraph

if {declared}:
    import_declared([ModalityGraph])
with preserve_libraries("the import of a library"):
    import torch_geometric.nn
"""


@pytest.mark.slow
@pytest.mark.parametrize("declared", [True, False])
def test_library_that_wraps_functions_of_torch_is_imported_before_it_is_watched(declared: bool) -> None:
    command = [sys.executable, "-W", "always", "-c", NEW_PROCESS.format(declared=declared)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode == 0) is declared, done.stderr
    assert ("torch.index_select was replaced" in done.stderr) is not declared
    assert ("`torch.jit.script` is deprecated" in done.stderr) is not declared


def test_components_with_late_imports_declare_their_library() -> None:
    assert {cls.libraries for cls in mpcl_components()} == {("mpcl_plugins.graph._torch_geometric",)}
    assert Braindecode.libraries == ("braindecode.models",)


def test_what_cannot_be_imported_is_left_to_the_component() -> None:
    class Lacking(Braindecode):
        libraries = ("nothing_of_this_name",)

    import_declared([Lacking])
