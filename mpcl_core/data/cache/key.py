"""Describe what prepared windows depend on: parameters, files, code and libraries. Its SHA-256 is their key."""

import json
import os
import platform
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

from mpcl_core.data.cache.code_hash import hash_class, hash_module
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.imported_libraries import find_imported_libraries
from mpcl_core.interfaces.components import Component
from mpcl_core.spec.block import Block
from mpcl_core.spec.composed_values import parts

FORMAT = 1
"""The version of the entries' format; another version has other keys."""

LIBRARIES = ("numpy", "scipy", "scikit-learn", "neurokit2", "mne", "pyxdf")
"""The libraries whose versions decide the last bits of a window; what the components import comes to them."""


def describe_inputs(source: Block, prepare: Sequence[Block], hashes: FileHashes) -> dict[str, Any] | None:
    """Describe what the windows of a recipe depend on.

    A source's files are those that its parameters name and those in its ``files``. The name of a path counts, the
    place where it lies does not. The inputs are unknown for a source that has no files and does not declare
    ``simulated``, for a component without a file of its own, and for parameters whose files cannot all be found: text
    that is the path of a file, and values of unknown types.

    Args:
        source, prepare: the source and the stateless transforms of a recipe.
        hashes: hashes the files.

    Returns:
        Plain values: format, source, prepare, files, code and libraries; None where the inputs are unknown.

    Raises:
        OSError: a file cannot be read.
        DataError: the source cannot list its files.
    """
    blocks = {"source": source, **{f"prepare[{number}]": block for number, block in enumerate(prepare)}}
    paths = dict(_paths(source.build().files, "source.files"))
    paths |= {key: path for name, block in blocks.items() for key, path in _paths(block.parameters, name)}
    classes = {f"{cls.slot} {cls.name}": cls for block in blocks.values() for cls in _classes(block)}
    code = {name: hash_class(cls) for name, cls in classes.items()}
    libraries = find_imported_libraries(classes.values())
    code |= {f"library {name}": sha256 for name, sha256 in libraries.code.items()}
    code["framework"] = hash_module("mpcl_core.data.prepare")
    has_files = any(key.startswith("source.") for key in paths)
    is_simulated = any(getattr(cls, "simulated", False) for cls in _classes(source))
    if not (has_files or is_simulated) or None in code.values():
        return None
    if not all(map(_is_known, blocks.values())):
        return None
    return {
        "format": FORMAT,
        "source": _plain(source),
        "prepare": [_plain(block) for block in prepare],
        "files": hashes.compute(paths),
        "code": code,
        "libraries": {**library_versions(), **libraries.versions, "machine": platform.machine()},
    }


def _classes(block: Block) -> Iterator[type[Component]]:
    yield block.cls
    for value in block.parameters.values():
        if isinstance(value, Block):
            yield from _classes(value)


def _paths(value: object, name: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, PurePath):
        yield name, Path(value)
        return
    for key, part in _parts(value).items():
        yield from _paths(part, f"{name}[{key}]" if isinstance(key, int) else f"{name}.{key}")


def _parts(value: object) -> Mapping[Any, Any]:
    """Return the parts of a parameter, those of a set in an order that no process changes.

    Returns:
        Key, field or index -> part.
    """
    if isinstance(value, Block):
        return value.parameters
    if isinstance(value, set | frozenset):
        return dict(enumerate(sorted(value, key=lambda part: (json.dumps(_plain(part)), str(part)))))
    return parts(value) or {}


def _is_known(value: object) -> bool:
    """Return whether all files that a parameter names can be found in it.

    A text that is the path of a file or folder may be opened, but is no path: its file would not be hashed.

    Returns:
        False also for a value of a type that cannot be looked into.
    """
    if isinstance(value, str):
        return not _names_a_file(value)
    if isinstance(value, Mapping) and not all(map(_is_known, value)):
        return False
    return (isinstance(value, Block) or parts(value) is not None) and all(map(_is_known, _parts(value).values()))


def _names_a_file(text: str) -> bool:
    try:
        return Path(text).is_file() or (os.sep in text and Path(text).is_dir())
    except (OSError, ValueError):  # too long, or with a character that no path has
        return False


def _plain(value: object) -> Any:
    """Convert a parameter to plain JSON values.

    A number keeps its type, since 1 and 1.0 may have different effects.

    Args:
        value: a block, or a parameter of one.

    Returns:
        The plain value; of a path its name only.
    """
    if isinstance(value, Block):
        return {"use": value.cls.name, **{name: _plain(part) for name, part in value.parameters.items()}}
    if isinstance(value, PurePath):
        return {"path": value.name}
    if isinstance(value, list | tuple | set | frozenset | deque):
        return [_plain(part) for part in _parts(value).values()]
    if inner := _parts(value):
        kind = {} if isinstance(value, Mapping) else {"type": type(value).__qualname__}
        return {**kind, **{str(name): _plain(part) for name, part in inner.items()}}
    return value if value is None or isinstance(value, str | int | float) else repr(value)


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """Return the versions of the installed ones of `LIBRARIES`.

    Returns:
        Name -> version.
    """
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
