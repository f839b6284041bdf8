"""Find the libraries that components import."""

import sys
from importlib.metadata import Distribution, PathDistribution, version
from pathlib import Path

import pytest

from mpcl_core.data.cache import imported_libraries
from mpcl_core.data.cache.imported_libraries import ImportedLibraries, find_imported_libraries
from mpcl_core.interfaces.components import Component
from mpcl_registry.discover import discover

PLUGIN = """
import json
import {name}
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Mine(Estimator):
    "Mine."
    name = "mine"
    def fit(self, windows):
        import threadpoolctl
        return self
    def predict(self, windows): ...

@hookimpl
def mpcl_components():
    return [Mine]
"""


def component(folder: Path, imported: str) -> type[Component]:
    (folder / "mine.py").write_text(PLUGIN.format(name=imported))
    found = discover([folder / "mine.py"], entries=()).catalog.find("estimator", "mine")
    assert found is not None
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project with a package, and put it on the import path as if it were installed as editable."""
    root = tmp_path / "project"
    (root / "edited_library").mkdir(parents=True)
    (root / "edited_library" / "__init__.py").write_text("VALUE = 1\n")
    metadata = root / "edited-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: edited\nVersion: 1.2\n")
    monkeypatch.syspath_prepend(root)
    found: Distribution = PathDistribution(metadata)
    projects = (root.resolve(), (root.resolve(),), frozenset({"edited_library"}), found)
    monkeypatch.setattr("mpcl_core.isolation.code_origin.editable_projects", lambda: (projects,))
    monkeypatch.delitem(sys.modules, "edited_library", raising=False)
    return root


def test_installed_libraries_are_named_with_their_versions(tmp_path: Path) -> None:
    found = find_imported_libraries([component(tmp_path, "yaml, sklearn.linear_model")])
    names = ("PyYAML", "scikit-learn", "threadpoolctl")
    assert found == ImportedLibraries({name: version(name) for name in names}, {})


def test_editable_library_is_named_with_a_hash_of_its_code(tmp_path: Path, project: Path) -> None:
    cls = component(tmp_path, "edited_library")
    before = find_imported_libraries([cls])
    assert before.versions["edited"] == "1.2"
    (project / "edited_library" / "more.py").write_text("VALUE = 2\n")
    after = find_imported_libraries([cls])
    assert set(before.code) == set(after.code) == {"edited"}
    assert before.code != after.code


def test_module_of_no_distribution_is_hashed(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cls = component(tmp_path, "edited_library")
    monkeypatch.setattr(imported_libraries, "is_installed", lambda top, path: top != "edited")
    assert set(find_imported_libraries([cls]).code) == {"edited_library"}
