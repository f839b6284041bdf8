"""Import libraries that only some files need."""

from importlib import import_module
from pathlib import Path
from typing import Any

from mpcl_core.plugin import PluginError


def import_library(name: str, path: Path, extra: str = "bio") -> Any:
    """Return a module.

    Args:
        name: the library.
        path: the file that needs it.
        extra: the extra of this project that installs it.

    Returns:
        The imported module.

    Raises:
        PluginError: it is not installed; the message states how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise PluginError(
            f"{path}: '{path.suffix}' files are read with {name}, which is not installed. "
            f"Run: pip install 'mpcl[{extra}]'"
        ) from error
