"""Read ``about.json`` of an entry of the cache: what its windows were made from, and the hashes of its files."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.data.cache import checksummed_json


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


class _Source(_Record):
    use: str


class _Inputs(_Record):
    source: _Source


class _Windows(_Record):
    rows: int
    labels: list[str]
    modalities: list[dict[str, Any]]
    valence: list[list[str]] | None


class _Metadata(_Record):
    recipe: str = ""
    made: str = ""
    inputs: _Inputs = _Inputs(source=_Source(use=""))
    windows: _Windows = _Windows(rows=0, labels=[], modalities=[], valence=None)
    files: dict[str, str] = {}


def read_metadata(file: Path) -> dict[str, Any] | None:
    """Read the metadata of an entry.

    Args:
        file: its ``about.json``.

    Returns:
        The content, parts of which may be absent; None where the file is missing or damaged, or holds anything else.
    """
    content = checksummed_json.read(file)
    if content is None:
        return None
    try:
        _Metadata.model_validate(content)
    except ValidationError:
        return None
    return content
