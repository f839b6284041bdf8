"""Read and write small JSON files that are replaced atomically and contain their own checksum."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from mpcl_core.toolkit.bounded_json import read_json_object


def canonical(content: Mapping[str, Any]) -> str:
    """Format JSON so that equal content has equal text, in whatever order its keys are.

    Args:
        content: plain values.

    Returns:
        The text, without spaces.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> str:
    """Compute the SHA-256 of the canonical JSON.

    Args:
        content: plain values.

    Returns:
        The hash in hexadecimal digits.
    """
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write the file, or replace it atomically.

    Args:
        path: the file.
        content: plain values.

    Raises:
        OSError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        partial.write_text(canonical({"sha256": digest(content), "content": content}), encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> dict[str, Any] | None:
    """Read the content of a file.

    Args:
        path: the file.

    Returns:
        The content; None where there is no such file, it cannot be read, or its checksum is wrong.
    """
    try:
        stored = read_json_object(path)
    except (OSError, ValueError):
        return None
    content = stored.get("content")
    return content if isinstance(content, dict) and digest(content) == stored.get("sha256") else None
