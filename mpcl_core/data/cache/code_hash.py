"""Hash the code that makes windows: a class's module and the modules of its own package that it imports."""

import hashlib
import re
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from mpcl_core.interfaces.components import Component
from mpcl_core.isolation.code_origin import PLUGIN_PREFIX
from mpcl_core.isolation.static_imports import static_imports, top_level

PLACE_OF_PLUGIN = re.compile(rf"(?<=^{PLUGIN_PREFIX}).*")
"""The part of the module name of a plugin file that depends on where the file lies."""

IMPORT_TIME = time.time()
"""When this module was imported; plugins are imported later."""


def hash_class(cls: type[Component]) -> str | None:
    """Hash the code of a component and of the classes that it inherits from, without the framework's own.

    Args:
        cls: the component's class.

    Returns:
        The SHA-256; None where `hash_module` returns None for one of the modules.
    """
    modules = class_modules(cls)
    hashes = [sha256 for sha256 in map(hash_module, modules) if sha256]
    return hashlib.sha256("".join(hashes).encode()).hexdigest() if len(hashes) == len(modules) else None


def hash_module(name: str) -> str | None:
    """Hash a module and what it imports of its own package, at its top or within functions.

    Args:
        name: the module's full name.

    Returns:
        The SHA-256; None where the module has no file (it was typed into an interpreter) or one of the files changed
        after it was imported.
    """
    files = module_files(name)
    if name not in files or any(file.stat().st_mtime > IMPORT_TIME for file in files.values()):
        return None
    return hash_files(files)


def hash_module_files(name: str) -> str:
    """Hash the same files as `hash_module`, even where one of them changed after it was imported.

    Args:
        name: the module's full name.

    Returns:
        The SHA-256.
    """
    return hash_files(module_files(name))


def hash_class_files(cls: type[Component]) -> str:
    """Hash the same files as `hash_class`, even where one of them changed after it was imported.

    Args:
        cls: the component's class.

    Returns:
        The SHA-256.
    """
    return hash_files({name: file for module in class_modules(cls) for name, file in module_files(module).items()})


def hash_files(files: Mapping[str, Path]) -> str:
    """Hash named files in the order of their names.

    Args:
        files: name -> file. The name of a plugin file's module counts without the place where it lies.

    Returns:
        The SHA-256.
    """
    named = sorted((PLACE_OF_PLUGIN.sub("", name), file) for name, file in files.items())
    lines = (f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for name, file in named)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def class_modules(cls: type[Component]) -> list[str]:
    """List the modules of a component and of the components that it inherits from.

    Args:
        cls: the component's class.

    Returns:
        The full names, without those of the framework.
    """
    bases = [base.__module__ for base in cls.__mro__ if issubclass(base, Component)]
    return [module for module in dict.fromkeys(bases) if top_level(module) != "mpcl_core"]


def module_files(name: str) -> dict[str, Path]:
    """Find the files of a module and of those of its own package that it imports.

    Args:
        name: the module's full name.

    Returns:
        Module name -> file.
    """
    files: dict[str, Path] = {}
    pending = [name]
    while pending:
        module = pending.pop()
        file = None if module in files else _file(module)
        if file is None:
            continue
        files[module] = file
        imported = static_imports(file.read_bytes(), module, file)
        pending += [other for other in imported if top_level(other) == top_level(name)]
    return files


def _file(module: str) -> Path | None:
    """Find the file of a module.

    Args:
        module: what may be a module's full name, or the name of something in a module.

    Returns:
        The file; None where there is no such module.
    """
    if module in sys.modules:
        file = getattr(sys.modules[module], "__file__", None)
        return Path(file) if file else None
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None
