"""Find and import the plugin files that a pickled object needs, so that it can be loaded in another process."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import Recipe
from mpcl_registry.plugin_files import import_plugin_file, module_name

PluginFiles = tuple[tuple[str, str], ...]
"""Absolute paths of plugin files, each with the SHA-256 of its text."""


def imported_plugin_files(recipe: Recipe) -> PluginFiles:
    """List the plugin files of a recipe that this process has imported.

    A file with the text of an installed plugin is not imported, and so is not listed.

    Args:
        recipe: the recipe, whose components have been looked up.

    Returns:
        Paths and hashes.
    """
    paths = [path.resolve() for path in recipe.plugins]
    return tuple((str(path), _sha256(path)) for path in paths if module_name(path) in sys.modules)


def import_unchanged(files: Iterable[tuple[str, str]]) -> None:
    """Import plugin files that other processes have imported.

    Args:
        files: their paths and hashes.

    Raises:
        UsageError: a file is missing or has changed.
        PluginError: a file does not load.
    """
    for path, sha256 in files:
        if not Path(path).is_file() or _sha256(Path(path)) != sha256:
            state = "has changed since" if Path(path).is_file() else "is missing"
            raise UsageError(
                f"the object was pickled with a class of the plugin file {path}, which {state}. Put back the file, or "
                "make the plugin a package (mpcl new plugin NAME --package) and fit again"
            )
        import_plugin_file(Path(path))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
