"""Import the plugin files that a pickled object needs."""

from pathlib import Path

import pytest

from mpcl_core.app.plugins.pickling import import_unchanged, imported_plugin_files
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from mpcl_registry.plugin_files import forget_plugin_file, import_plugin_file


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text("VALUE = 1\n")
    return path


def test_plugin_files_of_a_recipe_are_listed_once_they_are_imported(plugin: Path) -> None:
    recipe = load({"extends": "described", "plugins": [str(plugin)]})
    assert imported_plugin_files(recipe) == ()
    import_plugin_file(plugin)
    ((path, sha256),) = imported_plugin_files(recipe)
    assert (path, len(sha256)) == (str(plugin), 64)
    forget_plugin_file(path)
    import_unchanged(((path, sha256),))
    assert imported_plugin_files(recipe) == ((path, sha256),)


@pytest.mark.parametrize(
    ("change", "message"), [(Path.unlink, "is missing"), (Path.touch, None), (None, "has changed")]
)
def test_changed_and_missing_plugin_files_are_refused(change: object, message: str | None, plugin: Path) -> None:
    import_plugin_file(plugin)
    files = imported_plugin_files(load({"extends": "described", "plugins": [str(plugin)]}))
    plugin.write_text("VALUE = 2\n") if change is None else change(plugin)  # type: ignore[operator]
    if message is None:
        import_unchanged(files)
        return
    with pytest.raises(UsageError, match=rf"mine\.py, which {message}.*make the plugin a package"):
        import_unchanged(files)
