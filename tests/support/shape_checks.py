"""Check every call of a function whose annotations state array shapes, such as ``Float[Tensor, "B c t"]``.

The import hook of jaxtyping decorates every function of a package, which doubles the time of imports and slows every
call. Here only the functions and dataclasses that state shapes are decorated; types without shapes are checked by mypy.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

PACKAGES = ("mpcl_core", "mpcl_registry", "mpcl_plugins")

CHECK = ast.parse("__import__('jaxtyping').jaxtyped(typechecker=__import__('beartype').beartype)", mode="eval").body


def check_shapes(packages: Sequence[str]) -> None:
    """Check the shapes that modules of these packages state, for modules that are imported from now on."""
    sys.meta_path.insert(0, Finder(packages))


class Finder(MetaPathFinder):
    """Find the modules of packages, and load those that state shapes with checks."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self.packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and isinstance(spec.loader, SourceFileLoader) and b"jaxtyping" in spec.loader.get_data(spec.origin):
            spec.loader = Loader(fullname, spec.origin)
        return spec


class Loader(SourceFileLoader):
    """Load a module with checks, and without bytecode files, which the program would take for its own."""

    def get_code(self, fullname: str) -> CodeType:
        return compile(with_checks(self.get_data(self.path)), self.path, "exec", dont_inherit=True)


def with_checks(source: bytes) -> ast.Module:
    """Return the syntax tree of a module in which what states a shape is decorated."""
    tree = ast.parse(source)
    aliases = {name for statement in tree.body if has_shape(statement, set()) for name in assigned_names(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(has_shape(part, aliases) for part in annotations(node)):
            node.decorator_list.append(ast.copy_location(deepcopy(CHECK), node))
        elif isinstance(node, ast.ClassDef) and any(
            has_shape(field.annotation, aliases) for field in node.body if isinstance(field, ast.AnnAssign)
        ):
            node.decorator_list.insert(0, ast.copy_location(deepcopy(CHECK), node))
    return ast.fix_missing_locations(tree)


def annotations(function: ast.FunctionDef) -> Iterator[ast.expr]:
    arguments = function.args
    each = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (argument.annotation for argument in each if argument and argument.annotation)
    if function.returns:
        yield function.returns


def assigned_names(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def has_shape(annotation: ast.AST, aliases: set[str]) -> bool:
    """Return whether an annotation states a shape: ``Float[Tensor, "B c"]``, or a name of one."""
    return any(map(is_shape, ast.walk(annotation))) or any(
        isinstance(part, ast.Name) and part.id in aliases for part in ast.walk(annotation)
    )


def is_shape(node: Any) -> bool:
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2):
        return False
    text = node.slice.elts[1]
    return isinstance(text, ast.Constant) and isinstance(text.value, str)
