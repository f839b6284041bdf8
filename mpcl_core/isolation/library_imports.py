"""Import the libraries of a plugin before the plugin itself, so that what they change is not taken for its doing.

Some libraries wrap functions of torch when they are imported, as torch-geometric wraps `torch.index_select`. A plugin
may not.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from mpcl_core.interfaces.components.component import Component
from mpcl_core.isolation.code_origin import OWN_PACKAGES, is_loose, module_path
from mpcl_core.isolation.static_imports import top_level


def import_libraries(path: Path) -> None:
    """Import the installed libraries that a plugin file imports at its top.

    Args:
        path: the file. What cannot be imported is passed over, since the import of the file reports it.
    """
    for name in _libraries(path):
        with suppress(Exception):
            import_module(name)


def import_declared(classes: Iterable[type[Component]]) -> None:
    """Import the libraries that components declare.

    Args:
        classes: the components. What cannot be imported is passed over, since the component reports it.
    """
    for name in dict.fromkeys(name for cls in classes for name in cls.libraries):
        with suppress(Exception):
            import_module(name)


def module_sources(module: str) -> list[Path]:
    """Return the files of a module of a plugin that is installed.

    Args:
        module: its full name.

    Returns:
        The file of its top-level module; for a package all Python files in its folder.
    """
    file = module_path(top_level(module))
    if file is None:
        return []
    return [file] if file.name != "__init__.py" else sorted(file.parent.glob("*.py"))


def _libraries(path: Path) -> Iterator[str]:
    try:
        statements = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return
    for statement in statements:
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            names = [statement.module]
        else:
            continue
        yield from filter(_is_library, names)


def _is_library(name: str) -> bool:
    top = top_level(name)
    if top in sys.stdlib_module_names or top in OWN_PACKAGES:
        return False
    file = module_path(top)
    return file is not None and not is_loose(top, file)
