"""Import plugin files under names that every process gives them."""

import importlib.util
import py_compile
import sys
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_registry.plugin_files import forget_plugin_file, import_plugin_file, module_name


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text("class Mine: ...\n")
    return path


def test_unchanged_file_is_imported_once(plugin: Path) -> None:
    first = import_plugin_file(plugin)
    assert import_plugin_file(plugin) is first
    assert sys.modules[module_name(plugin)] is first
    plugin.write_text("class Mine: ...\nVALUE = 2\n")
    assert import_plugin_file(plugin).VALUE == 2


def test_name_depends_on_path_and_text(plugin: Path) -> None:
    copy = plugin.parent / "copy" / "mine.py"
    copy.parent.mkdir()
    copy.write_bytes(plugin.read_bytes())
    assert module_name(plugin).startswith("mpcl_plugin_mine_")
    assert module_name(plugin) != module_name(copy)


def test_file_that_failed_or_was_forgotten_is_imported_anew(plugin: Path) -> None:
    first = import_plugin_file(plugin)
    forget_plugin_file(str(plugin))
    assert import_plugin_file(plugin) is not first
    plugin.write_text("raise ValueError('no')")
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            import_plugin_file(plugin)
    (plugin.parent / "helper.py").touch()
    plugin.write_text("import helper")
    with pytest.raises(PluginError, match=r"'helper\.py'"):
        import_plugin_file(plugin)
    assert module_name(plugin) not in sys.modules


def test_bytecode_beside_a_plugin_file_is_neither_read_nor_written(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    import_plugin_file(plugin)
    assert [path.name for path in plugin.parent.iterdir()] == ["mine.py"]
    forget_plugin_file(str(plugin))
    cached = Path(importlib.util.cache_from_source(str(plugin)))
    cached.parent.mkdir()
    other = plugin.with_name("other.py")
    other.write_text("class Other: ...\n")
    py_compile.compile(str(other), str(cached), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert hasattr(import_plugin_file(plugin), "Mine")
