"""List the modules that a source file imports, without importing any."""

import ast
from functools import lru_cache
from importlib.util import resolve_name
from pathlib import Path
from typing import TypeGuard


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
