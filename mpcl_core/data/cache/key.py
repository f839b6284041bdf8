"""What prepared rows depend on: parameters, files, code and libraries. Its SHA-256 is their address."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mpcl_core.data.cache.code_hash import hash_class, hash_module
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.interfaces.components import Component
from mpcl_core.spec.block import Block

FORMAT = 1
"""Of the entries. Another one is another address."""

LIBRARIES = ("numpy", "scipy", "scikit-learn", "neurokit2", "mne", "pyxdf")
"""Whose versions decide a row's last bits."""

Values = Mapping[str, Any]


def describe_inputs(source: Block, prepare: Sequence[Block], hashes: FileHashes) -> dict[str, Any] | None:
    """What the rows depend on, in plain values; None where that cannot be known.

    A source's files are those that its parameters name, and its ``files``. What a path is called counts, and not where
    it lies. A source without any that simulates nothing, and a component without a file of its own, are not known.

    Raises:
        OSError: a file cannot be read.
        DataError: the source cannot tell its files.
    """
    blocks = {"source": source, **{f"prepare[{number}]": block for number, block in enumerate(prepare)}}
    paths = dict(_paths(source.build().files, "source.files"))
    paths |= {key: path for where, block in blocks.items() for key, path in _paths(block.parameters, where)}
    classes = {f"{cls.slot} {cls.name}": cls for block in blocks.values() for cls in _classes(block)}
    code = {name: hash_class(cls) for name, cls in classes.items()}
    code["framework"] = hash_module("mpcl_core.data.prepare")
    named = getattr(source.cls, "simulated", False) or any(key.startswith("source.") for key in paths)
    if not named or None in code.values():
        return None
    return {
        "format": FORMAT,
        "source": _plain(source),
        "prepare": [_plain(block) for block in prepare],
        "files": hashes.of(paths),
        "code": code,
        "libraries": {**_versions(), "machine": platform.machine()},
    }


def _classes(block: Block) -> Iterator[type[Component]]:
    yield block.cls
    for value in block.parameters.values():
        if isinstance(value, Block):
            yield from _classes(value)


def _paths(value: object, where: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Path):
        yield where, value
    elif isinstance(value, Block):
        yield from _paths(value.parameters, where)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _paths(part, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _paths(part, f"{where}[{number}]")


def _plain(value: object) -> Any:
    """The value as JSON knows it. A number keeps its type, since 1 and 1.0 may not mean the same."""
    if isinstance(value, Block):
        return {"use": value.cls.name, **{name: _plain(part) for name, part in value.parameters.items()}}
    if isinstance(value, Path):
        return {"path": value.name}
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, str | int | float) else repr(value)


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
