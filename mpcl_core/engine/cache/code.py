"""SHA-256 of the code that makes rows: a class's module, and the modules of its own package that it imports."""

import ast
import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

from mpcl_core.interfaces.components import Component

LOADED = time.time()
"""Plugins are imported later than this."""


def of_class(cls: type[Component]) -> str | None:
    """Of a component and those that it inherits from, without the framework's own classes; None as `of_module`."""
    bases = [base.__module__ for base in cls.__mro__ if issubclass(base, Component)]
    own = [module for module in dict.fromkeys(bases) if _package(module) != "mpcl_core"]
    found = [of_module(module) for module in own]
    known = [sha256 for sha256 in found if sha256]
    return hashlib.sha256("".join(known).encode()).hexdigest() if len(known) == len(found) else None


def of_module(name: str) -> str | None:
    """Of a module and what it imports of its own package, at once or later.

    None where it has no file (it was typed into an interpreter), or one of the files changed after it was imported.
    """
    sources: dict[str, bytes] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        file = None if module in sources else _file(module)
        if file is None:
            continue
        if file.stat().st_mtime > LOADED:
            return None
        sources[module] = file.read_bytes()
        imported = _imports(sources[module], module, file)
        waiting += [other for other in imported if _package(other) == _package(name)]
    lines = (f"{module} {hashlib.sha256(sources[module]).hexdigest()}\n" for module in sorted(sources))
    return hashlib.sha256("".join(lines).encode()).hexdigest() if name in sources else None


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
