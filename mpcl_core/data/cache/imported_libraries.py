"""Find the libraries that components import: distributions with their versions, and code that no version describes."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import Any

from mpcl_core.data.cache.code_hash import class_modules, hash_files, module_files
from mpcl_core.interfaces.components import Component
from mpcl_core.isolation.code_origin import (
    OWN_PACKAGES,
    PLUGIN_PREFIX,
    editable_distribution,
    is_installed,
    module_path,
)
from mpcl_core.isolation.static_imports import static_imports, top_level

SUFFIXES = (".py", ".pyd", ".so", ".dll", ".dylib")
"""The suffixes of files that hold code."""


@dataclass(frozen=True)
class ImportedLibraries:
    """Hold what components import besides Python and this project.

    Args:
        versions: distribution -> version.
        code: editable distribution, or module of no distribution -> SHA-256 of its files.
    """

    versions: dict[str, str]
    code: dict[str, str]


def find_imported_libraries(classes: Iterable[type[Component]]) -> ImportedLibraries:
    """Find the libraries that the modules of components import, at their top or within functions.

    The modules of a component are those that its code hash contains. What is not installed is left out.

    Args:
        classes: the components.

    Returns:
        Versions and hashes, by name.
    """
    versions: dict[str, str] = {}
    code: dict[str, str] = {}
    for name in sorted({name for cls in classes for name in _imported_by(cls)}):
        path = module_path(name)
        if path is None:
            continue
        found = _distributions(name, path)
        versions |= {each.metadata["Name"]: each.version for each in found if each.version}
        if not found or not all(each.version for each in found) or not is_installed(name, path):
            code[found[0].metadata["Name"] if found else name] = _hash(path)
    return ImportedLibraries(dict(sorted(versions.items())), code)


def _imported_by(cls: type[Component]) -> Iterator[str]:
    """Yield what the modules of a component import.

    Yields:
        Top-level names, that of its own package among them.
    """
    for module in class_modules(cls):
        for name, file in module_files(module).items():
            for imported in (name, *static_imports(file.read_bytes(), name, file)):
                top = top_level(imported)
                if top not in sys.stdlib_module_names and top not in OWN_PACKAGES and not top.startswith(PLUGIN_PREFIX):
                    yield top


def _distributions(name: str, path: Path) -> list[Any]:
    """List the distributions that provide a top-level module; more than one share a namespace package.

    Returns:
        The distributions, which the package importlib_metadata makes where a library has imported it; none for a loose
        module.
    """
    if not is_installed(name, path):
        editable = editable_distribution(name, path)
        return [editable] if editable else []
    try:
        return [distribution(each) for each in dict.fromkeys(_by_module().get(name, ()))]
    except PackageNotFoundError:
        return []


@cache
def _by_module() -> dict[str, list[str]]:
    return {name: sorted(names) for name, names in packages_distributions().items()}


def _hash(path: Path) -> str:
    """Hash a module, or all code of a package.

    Returns:
        The SHA-256.
    """
    folder = path.parent if path.name == "__init__.py" else path
    if not folder.is_dir():
        file = next(each for each in (path, *path.parents) if each.exists())  # an archive, of a module in one
        return hash_files({path.name: file})
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in SUFFIXES and file.is_file())
    return hash_files({file.relative_to(folder).as_posix(): file for file in files})
