"""SHA-256 of the code that makes rows: a class's module, and the modules of its own package that it imports."""

import ast
import hashlib
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from mpcl_core.interfaces.components import Component

FILE = re.compile(r"(?<=^mpcl_plugin_).*")
"""How the registry names the module of a plugin file: by the file's name and place."""

IMPORT_TIME = time.time()
"""Plugins are imported later than this."""


def hash_class(cls: type[Component]) -> str | None:
    """Of a component and those that it inherits from, without the framework's own classes; None as `hash_module`."""
    own = _modules(cls)
    known = [sha256 for sha256 in map(hash_module, own) if sha256]
    return hashlib.sha256("".join(known).encode()).hexdigest() if len(known) == len(own) else None


def hash_module(name: str) -> str | None:
    """Of a module and what it imports of its own package, at once or later.

    None where it has no file (it was typed into an interpreter), or one of the files changed after it was imported.
    """
    files = _files(name)
    if name not in files or any(file.stat().st_mtime > IMPORT_TIME for file in files.values()):
        return None
    return hash_files(files)


def hash_class_files(cls: type[Component]) -> str:
    """Of the same files as `hash_class`, whether or not one of them changed after it was imported."""
    return hash_files({name: file for module in _modules(cls) for name, file in _files(module).items()})


def hash_files(files: Mapping[str, Path]) -> str:
    """Of named files, in the order of their names; a plugin file's says nothing of where it lies."""
    named = sorted((FILE.sub("", name), file) for name, file in files.items())
    lines = (f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for name, file in named)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _modules(cls: type[Component]) -> list[str]:
    bases = [base.__module__ for base in cls.__mro__ if issubclass(base, Component)]
    return [module for module in dict.fromkeys(bases) if _package(module) != "mpcl_core"]


def _files(name: str) -> dict[str, Path]:
    """A module, and those of its own package that it imports."""
    files: dict[str, Path] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        file = None if module in files else _file(module)
        if file is None:
            continue
        files[module] = file
        imported = _imports(file.read_bytes(), module, file)
        waiting += [other for other in imported if _package(other) == _package(name)]
    return files


def _package(module: str) -> str:
    return module.partition(".")[0]


def _file(module: str) -> Path | None:
    """The file of a module; None where there is no such module (the name may be that of something in one)."""
    if module in sys.modules:
        file = getattr(sys.modules[module], "__file__", None)
        return Path(file) if file else None
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


@lru_cache(maxsize=1024)
def _imports(source: bytes, module: str, file: Path) -> tuple[str, ...]:
    """The names of the modules that a source may import: ``from a import b`` may mean ``a.b``."""
    if file.suffix != ".py":
        return ()
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in _statements(ast.parse(source).body):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


def _statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from _statements(getattr(node, part, ()))
