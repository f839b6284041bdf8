"""Refuse code that a run folder can neither hold nor name.

A plugin file is copied into the run folder, a package has a version and hashed files. A loose module, which is found
only because it lies beside the plugin file or in the current folder, has neither, so a run that used it could not be
verified.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation.code_origin import OWN_PACKAGES, is_loose, module_path
from mpcl_core.isolation.static_imports import static_imports, top_level

_sound: dict[str, object] = {}
"""The modules that were checked and are not loose, by name: every job is checked against the start of its run."""


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
    seen = [name for name in sys.modules.keys() - before if sys.modules.get(name) is not _sound.get(name)]
    files = dict(_files([name for name in seen if top_level(name) not in before]))
    paths = {key: Path(key[1]).absolute() for key in {(top_level(name), file) for name, file in files.items()}}
    loose = {key: path for key, path in paths.items() if is_loose(key[0], path)}
    new = {name: loose[key] for name, file in files.items() if (key := (top_level(name), file)) in loose}
    if not new:
        _sound.update((name, sys.modules.get(name)) for name in seen if top_level(name) not in before)
        return
    for name in new:
        sys.modules.pop(name, None)
    raise PluginError(_refusal(next(iter(new.values()))), owner)


def _files(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield modules with the file of their top-level package, or with their own where that has none.

    Yields:
        Full name and file, by name.
    """
    for name in sorted(names):
        for module in (sys.modules.get(top_level(name)), sys.modules.get(name)):
            if file := getattr(module, "__file__", None):
                yield name, file
                break


def _refusal(path: Path) -> str:
    name = f"{path.parent.name}/" if path.name == "__init__.py" else path.name
    return (
        f"'{name}' ({path}) is imported, but is neither part of an installed package nor stored with a run, "
        "so no run could be verified. Make the plugin a package (mpcl new plugin NAME --package), or put "
        "the code into the plugin file"
    )
