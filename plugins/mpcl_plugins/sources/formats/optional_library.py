"""Import libraries that only some files need."""

from importlib import import_module
from pathlib import Path
from typing import Any

from mpcl_core.plugin import PluginError


def import_library(name: str, path: Path) -> Any:
    """Return a module.

    Args:
        name: the library.
        path: the file that needs it.

    Returns:
        The imported module.

    Raises:
        PluginError: it is not installed; the message states how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise PluginError(
            f"{path}: '{path.suffix}' files are read with {name}, which is not installed. Run: pip install 'mpcl[bio]'"
        ) from error
