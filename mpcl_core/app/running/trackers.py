"""Find the trackers that a user asks for, before anything runs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mpcl_core.app.inspection.checking import CheckedRecipe
from mpcl_core.interfaces.errors import UsageError
from mpcl_registry.discover import tracker


def tracker_files(names: Sequence[str]) -> dict[str, Path]:
    """Return the plugin files of trackers.

    Args:
        names: the names of trackers that come with the framework.

    Returns:
        Name -> plugin file.

    Raises:
        PluginError: there is no tracker of a name.
    """
    return {name: tracker(name) for name in names}


def check_trackers(trackers: Mapping[str, Path], checked: CheckedRecipe) -> None:
    """Check that the plugins of all trackers were loaded.

    Args:
        trackers: name -> plugin file.
        checked: the recipe, which was checked with these plugin files.

    Raises:
        UsageError: a tracker did not load, with the command that installs what it needs.
    """
    not_loaded = checked.discovery.catalog.not_loaded
    for name, path in trackers.items():
        if reason := not_loaded.get(str(path)):
            hint = f" Install it: pip install 'mpcl[{name}]'" if reason.startswith("No module named") else ""
            raise UsageError(f"--track {name}: {reason}.{hint}")
