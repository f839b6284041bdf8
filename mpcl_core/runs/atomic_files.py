"""Write files atomically: they are complete or absent, whenever a process is killed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import PARTIAL


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, or replace it.

    Args:
        path: the file.
        content: its bytes.

    Raises:
        OSError: the file cannot be written; an earlier version of it is unchanged.
    """
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file, or replace it.

    Args:
        path: the file.
        content: its content.

    Raises:
        OSError: as `write_atomically`.
    """
    write_atomically(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
