"""Read ``about.json`` of an entry of the cache: what its windows were made from, and the hashes of its files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json

TYPES: dict[tuple[str, ...], type] = {
    ("recipe",): str,
    ("made",): str,
    ("inputs",): dict,
    ("inputs", "source"): dict,
    ("inputs", "source", "use"): str,
    ("windows",): dict,
    ("windows", "rows"): int,
    ("windows", "labels"): list,
    ("windows", "modalities"): list,
    ("files",): dict,
    ("recordings",): int,
    ("unused",): list,
    ("notes",): list,
}
"""Path of keys -> type of its value, where the part that holds it is there."""

REQUIRED = {("inputs", "source"), ("inputs", "source", "use"), ("windows", "rows")}
"""Paths of keys that may not be absent from the part that holds them."""


def read_metadata(file: Path) -> dict[str, Any] | None:
    """Read the metadata of an entry.

    Args:
        file: its ``about.json``.

    Returns:
        The content, parts of which may be absent; None where the file is missing or damaged, or holds anything else.
    """
    content = checksummed_json.read(file)
    return content if content is not None and all(_checks(content)) else None


def _checks(content: dict[str, Any]) -> Iterator[bool]:
    for path, kind in TYPES.items():
        part: Any = content
        for key in path[:-1]:
            part = part.get(key) if isinstance(part, dict) else None
        if isinstance(part, dict):
            absent = path[-1] not in part
            yield path not in REQUIRED if absent else isinstance(part[path[-1]], kind)
