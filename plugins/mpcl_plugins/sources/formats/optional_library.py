"""Libraries that only some files need."""

from importlib import import_module
from pathlib import Path
from typing import Any

from mpcl_core.plugin import PluginError


def library(name: str, path: Path) -> Any:
    """The module of that name.

    Args:
        name: the library.
        path: the file that needs it.

    Raises:
        PluginError: it is not installed; says how it is.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise PluginError(
            f"{path}: '{path.suffix}' files are read with {name}, which is not installed. Run: pip install 'mpcl[bio]'"
        ) from error
