"""Why rows are in the cache or not: what their key says, against the entry that is nearest to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json, location
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.key import describe_inputs
from mpcl_core.spec.block import Block

Differences = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class CacheLookup:
    """What was found.

    Args:
        key: the address of the rows; None where they are never kept.
        cached: whether they are there.
        nearest: the entry of the same source that differs in the fewest parts; None where there is none.
        differences: part of the key -> what it is, and what it is in that entry; None where it has no such part.
    """

    key: str | None
    cached: bool = False
    nearest: location.CacheEntry | None = None
    differences: Differences = field(default_factory=dict)


def explain(source: Block, prepare: Sequence[Block], root: Path) -> CacheLookup:
    """Look for the rows of a source behind its stateless transforms.

    Raises:
        OSError: a file cannot be read.
        DataError: the source cannot tell its files.
    """
    here = describe_inputs(source, prepare, FileHashes(root / location.FILE_HASHES_FOLDER))
    if here is None:
        return CacheLookup(None)
    key = checksummed_json.digest(here)
    there = [(entry, entry.about["inputs"]) for entry in location.list_entries(root) if entry.about is not None]
    found = [
        (entry, differences(here, other)) for entry, other in there if other["source"]["use"] == here["source"]["use"]
    ]
    nearest, least = min(found, key=lambda pair: len(pair[1]), default=(None, {}))
    return CacheLookup(key, nearest is not None and not least, nearest, least)


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> Differences:
    """The parts in which two keys differ, in their order."""
    one, two = dict(_parts(here)), dict(_parts(there))
    names = dict.fromkeys([*one, *two])
    return {name: (one.get(name), two.get(name)) for name in names if one.get(name) != two.get(name)}


def _parts(value: object, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _parts(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _parts(part, f"{name}[{number}]")
    else:
        yield name, value
