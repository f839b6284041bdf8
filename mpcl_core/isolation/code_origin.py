"""Find where imported code comes from: Python, a distribution, this project, or a loose module."""

import sys
import sysconfig
from functools import cache, lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distributions, version
from importlib.util import find_spec
from json import loads
from pathlib import Path
from site import getsitepackages, getusersitepackages
from urllib.parse import unquote, urlsplit

from mpcl_core.isolation.static_imports import top_level

OWN_PACKAGES = ("mpcl_core", "mpcl_registry", "mpcl_plugins")
"""The packages of this project."""

PLUGIN_PREFIX = "mpcl_plugin_"
"""The start of the module name of every plugin file."""


def module_path(name: str) -> Path | None:
    """Find the file of a top-level module, or the folder of a package without one. Nothing is imported.

    Args:
        name: the module's name, without a dot.

    Returns:
        The path; None for a built-in module, and where there is no such module.
    """
    module = sys.modules.get(name)
    if module is not None and (file := getattr(module, "__file__", None)):
        return Path(file).absolute()
    try:
        spec = getattr(module, "__spec__", None) if module is not None else find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    places = [spec.origin] if spec.has_location and spec.origin else spec.submodule_search_locations or ()
    return next((Path(place).absolute() for place in places), None)


@cache
def installed_version(package: str) -> str:
    """Return the version of a distribution; empty where it is not installed.

    Args:
        package: its name.

    Returns:
        The version.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def is_loose(name: str, path: Path) -> bool:
    """Return whether a module belongs neither to Python, nor to any distribution.

    Args:
        name: its full name.
        path: its file or folder.

    Returns:
        True for a module beside a plugin file, in the current folder, or in a folder of PYTHONPATH.
    """
    top = top_level(name)
    if top in sys.stdlib_module_names or top in OWN_PACKAGES or top.startswith(PLUGIN_PREFIX):
        return False
    return not is_installed(top, path) and editable_distribution(top, path) is None


def is_installed(top: str, path: Path) -> bool:
    """Return whether a module lies where installed packages lie, so that a version describes it.

    Args:
        top: the top-level name of the module.
        path: its file or folder; absolute.

    Returns:
        Whether it is in the standard library, in a folder of site packages, or recorded by a distribution whose
        metadata lie in its folder or in one of the import path, as after ``pip install --target``.
    """
    places = (path, path.resolve())
    if any(each.is_relative_to(folder) for each in places for folder in _installed_folders()):
        return True
    beside = path.parent.parent if path.name == "__init__.py" else path.parent
    if top in _recorded_names(beside) or f"{top}.py" in _recorded_names(beside):
        return True
    on_path = [folder for folder in path.parents if str(folder) in sys.path]
    return any(path.relative_to(folder).parts[0] in _recorded_names(folder) for folder in on_path)


@lru_cache(maxsize=1024)
def _recorded_names(folder: Path) -> frozenset[str]:
    """List the files and folders that the distributions with metadata in a folder have put there.

    Returns:
        Names in the folder.
    """
    found = (each for each in distributions(path=[str(folder)]) if each.read_text("RECORD"))
    return frozenset(file.parts[0] for each in found for file in each.files or ())


@cache
def _installed_folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    named = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders = [Path(each) for each in [*named, *getsitepackages(), getusersitepackages()]]
    return tuple(dict.fromkeys([*folders, *(folder.resolve() for folder in folders)]))


def editable_distribution(top: str, path: Path) -> Distribution | None:
    """Find the distribution that is installed as an editable project and provides a module.

    Args:
        top: the top-level name of the module.
        path: its file or folder.

    Returns:
        The distribution; None where the module is only in the project's folder and cannot be imported from everywhere.
    """
    for root, folders, names, distribution in editable_projects():
        inside = path.resolve().is_relative_to(root)
        if inside and (top in names or any(_provides(folder, top, path.resolve()) for folder in folders)):
            return distribution
    return None


def _provides(folder: Path, top: str, path: Path) -> bool:
    return path.is_relative_to(folder / top) or path.parent == folder


@cache
def editable_projects() -> tuple[tuple[Path, tuple[Path, ...], frozenset[str], Distribution], ...]:
    """List the projects that are installed as editable, without this one.

    Returns:
        Of each its root, its folders on the import path, the top-level names that it states, and the distribution.
    """
    projects = []
    for distribution in distributions():
        text = distribution.read_text("direct_url.json")
        if not text or not loads(text).get("dir_info", {}).get("editable"):
            continue
        if distribution.metadata["Name"] == "mpcl":  # its packages are known by name
            continue
        root = Path(unquote(urlsplit(loads(text)["url"]).path)).resolve()
        folders = tuple(folder for folder in _path_files() if folder.is_relative_to(root))
        names = frozenset((distribution.read_text("top_level.txt") or "").split())
        projects.append((root, folders, names, distribution))
    return tuple(projects)


@cache
def _path_files() -> tuple[Path, ...]:
    """Return the folders that ``.pth`` files of site packages add to the import path.

    Returns:
        Resolved folders.
    """
    files = (file for folder in map(Path, [*getsitepackages(), getusersitepackages()]) for file in folder.glob("*.pth"))
    lines = (line.strip() for file in files for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    return tuple(Path(line).resolve() for line in lines if line and not line.startswith(("#", "import ")))
