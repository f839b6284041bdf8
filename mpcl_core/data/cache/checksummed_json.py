"""Small JSON files that are replaced at once, and that tell whether they are whole."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4


def canonical(content: Mapping[str, Any]) -> str:
    """JSON that is the same for the same content, whatever its order."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write the file, or replace it.

    Raises:
        OSError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        partial.write_text(canonical({"sha256": digest(content), "content": content}))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> dict[str, Any] | None:
    """The content, or None where there is no such file, it cannot be read, or it is not what was written."""
    try:
        found = json.loads(path.read_bytes())
        content: dict[str, Any] = found["content"]
        return content if digest(content) == found["sha256"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
