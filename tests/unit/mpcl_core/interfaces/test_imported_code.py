"""Find where imported code comes from, and refuse loose modules."""

import sys
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.imported_code import (
    check_plugin_imports,
    is_installed,
    is_loose,
    module_path,
    refuse_loose_imports,
    static_imports,
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c", ("a.b", "c")),
        ("def f():\n    from a import b", ("a", "a.b")),
        ("try:\n    import a\nexcept ImportError:\n    a = None", ("a",)),
        ("from . import near\nfrom .deep import one", ("pack", "pack.near", "pack.deep", "pack.deep.one")),
        ("import importlib\nx = importlib.import_module('a.b')", ("importlib", "a.b")),
        ("x = __import__('a')\ny = import_module(name)\nz = import_module('no name')", ("a",)),
    ],
)
def test_imports_are_found_at_the_top_and_within_functions(source: str, expected: tuple[str, ...]) -> None:
    assert static_imports(source.encode(), "pack.mine", Path("mine.py")) == expected


@pytest.mark.parametrize(
    "line",
    [
        "import helper",
        "from helper import TWO",
        "from .helper import TWO",
        "from . import helper",
        "def f():\n    import helper",
        "import importlib\nx = importlib.import_module('helper')",
        "import folder",
    ],
)
def test_plugin_file_that_imports_a_file_beside_it_is_refused_with_the_way_out(line: str, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("TWO = 2")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__init__.py").touch()
    plugin = tmp_path / "plugin.py"
    plugin.write_text(line)
    with pytest.raises(PluginError, match=r"(helper\.py|folder/)'.*Make the plugin a package") as error:
        check_plugin_imports(plugin)
    assert error.value.owner == str(plugin)


def test_plugin_file_may_have_the_name_of_the_library_that_it_imports(tmp_path: Path) -> None:
    plugin = tmp_path / "no_such_library.py"
    plugin.write_text("import no_such_library\n")
    check_plugin_imports(plugin)


def test_plugin_file_that_imports_from_the_current_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "from_here_only.py").touch()
    (tmp_path / "plugins").mkdir()
    plugin = tmp_path / "plugins" / "plugin.py"
    plugin.write_text("import from_here_only")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match=r"'from_here_only\.py'"):
        check_plugin_imports(plugin)


@pytest.mark.parametrize(
    "line", ["import numpy, torch, json", "import not_there", "from mpcl_core.plugin import Source", "("]
)
def test_plugin_file_that_imports_libraries_passes(line: str, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").touch()  # the installed library is imported all the same
    plugin = tmp_path / "plugin.py"
    plugin.write_text(line)
    check_plugin_imports(plugin)


def test_library_beside_its_metadata_is_installed_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("targeted_library", "loose_library"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    metadata = tmp_path / "Targeted-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: Targeted\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("targeted_library/__init__.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name, is_described in (("targeted_library", True), ("loose_library", False)):
        path = module_path(name)
        assert path == tmp_path / name / "__init__.py"
        assert (is_installed(name, path), is_loose(name, path)) == (is_described, not is_described)
    assert not is_loose("json", Path(sys.modules["json"].__file__ or ""))
    assert not is_loose("pytest", Path(pytest.__file__))


def test_compiled_part_of_a_library_on_the_import_path_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some libraries load such a file under its own name, without that of their package."""
    metadata = tmp_path / "library-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: library\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("library/__init__.py,,\nlibrary/deep/_part.so,,\n")
    part = tmp_path / "library" / "deep" / "_part.so"
    part.parent.mkdir(parents=True)
    part.touch()
    assert not is_installed("_part.so", part), "its folder is not on the path"
    monkeypatch.syspath_prepend(tmp_path)
    assert is_installed("_part.so", part)
    assert not is_installed("other", tmp_path / "other" / "deep" / "_part.so")


def test_module_that_was_imported_by_a_computed_name_is_refused_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "computed_name.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for _ in range(2):
        before = frozenset(sys.modules)
        __import__("computed_" + "name")
        with pytest.raises(PluginError, match=r"'computed_name\.py'"):
            refuse_loose_imports(before, "mine.py")
    assert "computed_name" not in sys.modules
    refuse_loose_imports(frozenset(sys.modules))
