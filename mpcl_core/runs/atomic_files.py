"""Write files atomically: they are complete or absent, whenever a process is killed."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import PARTIAL


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, or replace it.

    Args:
        path: the file.
        content: its bytes.

    Raises:
        OSError: the file, which the error names, cannot be written; an earlier version of it is unchanged.
    """
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("wb", buffering=0) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        error.filename = str(path)  # a write to a full disk states none
        raise


_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file with a line for each entry, or replace it.

    Deeper indentation would take Python's encoder in place of the one in C, which is ten times as fast.

    Args:
        path: the file.
        content: its content.

    Raises:
        OSError: as `write_atomically`.
    """
    lines = ",\n".join(f" {_encode(name)}: {_encode(value)}" for name, value in content.items())
    write_atomically(path, f"{{\n{lines}\n}}\n".encode())
