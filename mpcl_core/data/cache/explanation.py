"""Explain why windows are in the cache or not, by comparing their key with the most similar entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json, location
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.key import describe_inputs
from mpcl_core.spec.block import Block

Differences = Mapping[str, tuple[Any, Any]]
"""Part of a key -> its value in two keys; None where a key has no such part."""


@dataclass(frozen=True)
class CacheLookup:
    """Hold the result of a look-up.

    Args:
        key: the key of the windows; None where they are never stored.
        cached: whether they are in the cache.
        nearest: the entry of the same source that differs in the fewest parts; None where there is none.
        differences: the parts in which the key differs from that entry's.
    """

    key: str | None
    cached: bool = False
    nearest: location.CacheEntry | None = None
    differences: Differences = field(default_factory=dict)


def explain(source: Block, prepare: Sequence[Block], root: Path) -> CacheLookup:
    """Look up the windows of a source after its stateless transforms.

    Args:
        source, prepare: the source and the transforms of a recipe.
        root: the cache.

    Returns:
        Whether they are there, and the most similar entry.

    Raises:
        OSError: a file cannot be read.
        DataError: the source cannot list its files.
    """
    wanted = describe_inputs(source, prepare, FileHashes(root / location.FILE_HASHES_FOLDER))
    if wanted is None:
        return CacheLookup(None)
    key = checksummed_json.digest(wanted)
    candidates = [
        (entry, find_differences(wanted, entry.about["inputs"]))
        for entry in location.list_entries(root)
        if entry.about and "inputs" in entry.about and entry.about["inputs"]["source"]["use"] == wanted["source"]["use"]
    ]
    nearest, differences = min(candidates, key=lambda pair: len(pair[1]), default=(None, {}))
    return CacheLookup(key, nearest is not None and not differences, nearest, differences)


def find_differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Differences:
    """Find the parts in which two keys differ.

    Args:
        one, other: what `describe_inputs` returns.

    Returns:
        Part -> its value in both, in the order of the keys.
    """
    a, b = dict(_parts(one)), dict(_parts(other))
    names = dict.fromkeys([*a, *b])
    return {name: (a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name)}


def _parts(value: object, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _parts(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _parts(part, f"{name}[{number}]")
    else:
        yield name, value
