"""Code that a run can neither hold nor name is refused."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation import loose_modules
from mpcl_core.isolation.loose_modules import check_plugin_imports, refuse_loose_imports


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


def test_module_is_checked_again_only_where_another_one_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(loose_modules, "is_loose", lambda name, path: checked.append(name) or False)
    before = frozenset(sys.modules)
    for _ in range(2):
        module = ModuleType("some_library")
        module.__file__ = "/somewhere/some_library.py"
        monkeypatch.setitem(sys.modules, "some_library", module)
        refuse_loose_imports(before)
        refuse_loose_imports(before)
    assert checked == ["some_library"] * 2
