"""Find where imported code comes from, and refuse code that a run folder can neither hold nor name.

A plugin file is copied into the run folder, a package has a version and hashed files. A loose module, which is found
only because it lies beside the plugin file or in the current folder, has neither, so a run that used it could not be
verified.
"""

import ast
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Set
from functools import cache, lru_cache
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec, resolve_name
from json import loads
from pathlib import Path
from site import getsitepackages, getusersitepackages
from typing import TypeGuard
from urllib.parse import unquote, urlsplit

from mpcl_core.interfaces.errors import PluginError

OWN_PACKAGES = ("mpcl_core", "mpcl_registry", "mpcl_plugins")
"""The packages of this project."""

PLUGIN_PREFIX = "mpcl_plugin_"
"""The start of the module name of every plugin file."""


def top_level(module: str) -> str:
    """Return the top-level package or module of a module.

    Args:
        module: its full name.

    Returns:
        The part before the first dot.
    """
    return module.partition(".")[0]


@lru_cache(maxsize=1024)
def static_imports(source: bytes, module: str, file: Path) -> tuple[str, ...]:
    """List the modules that a source file may import, at its top or within functions.

    ``from a import b`` may mean ``a.b``. Calls such as ``import_module("a.b")`` count where the name is a literal.

    Args:
        source: the file's content.
        module: its full name.
        file: where it lies.

    Returns:
        Names of modules, or of things in modules; none for compiled files.
    """
    if file.suffix != ".py":
        return ()
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (base := _base(node, package)):
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and _is_import_call(node):
            names += [text for text in (getattr(part, "value", None) for part in node.args[:1]) if _is_name(text)]
    return tuple(dict.fromkeys(names))


def _base(node: ast.ImportFrom, package: str) -> str:
    """Return the module of ``from … import``.

    Returns:
        Its full name; empty for a relative import outside a package.
    """
    try:
        return resolve_name("." * node.level + (node.module or ""), package)
    except ImportError:
        return ""


def _is_import_call(node: ast.Call) -> bool:
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
    return name in ("__import__", "import_module", "import_library", "importorskip")


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and all(part.isidentifier() for part in value.split("."))


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


def check_plugin_imports(path: Path) -> None:
    """Check, before a plugin file is imported, that it imports no loose module.

    Args:
        path: the plugin file.

    Raises:
        PluginError: it imports a file beside it, or one that is found only from the current folder.
    """
    try:
        imported = list(_imported_names(path))
    except (SyntaxError, ValueError):
        return  # importing the file reports it
    for name in imported:
        if name in sys.stdlib_module_names or name in OWN_PACKAGES:
            continue
        found = module_path(name)
        if found is not None and not is_loose(name, found):
            continue
        beside = next((each for each in _beside(path, name) if each.exists()), None)
        if (loose := beside or found) is not None:
            raise PluginError(_refusal(loose), str(path))


def _imported_names(path: Path) -> Iterator[str]:
    source = path.read_bytes()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield from [top_level(node.module)] if node.module else [alias.name for alias in node.names]
    yield from dict.fromkeys(map(top_level, static_imports(source, path.stem, path)))


def _beside(path: Path, name: str) -> Iterator[Path]:
    if name != path.stem:  # a plugin file may have the name of the library that it imports
        yield path.with_name(f"{name}.py")
    yield path.parent / name / "__init__.py"


def refuse_loose_imports(before: Set[str], owner: str = "") -> None:
    """Refuse loose modules that have been imported since some moment.

    They are removed from ``sys.modules``, so that the next import of one is noticed as well. Further modules of a
    package that was imported before do not count.

    Args:
        before: the names in ``sys.modules`` at that moment.
        owner: the plugin that was run, as the registry names it.

    Raises:
        PluginError: there are such modules; the message names the first.
    """
    if sys.modules.keys() <= before:  # ten times as quick as their difference
        return
    new = {name: path for name, path in _modules_with_files(sys.modules.keys() - before) if is_loose(name, path)}
    new = {name: path for name, path in new.items() if top_level(name) not in before}
    if not new:
        return
    for name in new:
        sys.modules.pop(name, None)
    raise PluginError(_refusal(next(iter(new.values()))), owner)


def _modules_with_files(names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield modules with the file of their top-level package, or with their own where that has none.

    Yields:
        Full name and file, by name.
    """
    for name in sorted(names):
        for module in (sys.modules.get(top_level(name)), sys.modules.get(name)):
            if file := getattr(module, "__file__", None):
                yield name, Path(file).absolute()
                break


def _refusal(path: Path) -> str:
    name = f"{path.parent.name}/" if path.name == "__init__.py" else path.name
    return (
        f"'{name}' ({path}) is imported, but is neither part of an installed package nor stored with a run, "
        "so no run could be verified. Make the plugin a package (mpcl new plugin NAME --package), or put "
        "the code into the plugin file"
    )
