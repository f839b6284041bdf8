"""Write files atomically: they are complete or absent, whenever a process is killed."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import PARTIAL


def write_atomically(path: Path, content: bytes, *, on_disk: bool = True) -> None:
    """Write a file, or replace it.

    Args:
        path: the file.
        content: its bytes.
        on_disk: whether to wait until the disk has the file, so that it survives a crash of the machine too, and not
            only one of the process.

    Raises:
        OSError: the file, which the error names, cannot be written; an earlier version of it is unchanged.
    """
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("wb", buffering=0) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            if on_disk:
                os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        error.filename = str(path)  # a write to a full disk states none
        raise


def wait_for_disk(folder: Path) -> None:
    """Wait until the disk has all files in a folder and in its subfolders.

    Args:
        folder: the folder.

    Raises:
        OSError: a file cannot be written.
    """
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:  # Windows syncs no file that is open for reading only
                os.fsync(file.fileno())


_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_json(path: Path, content: Mapping[str, Any], *, on_disk: bool = True) -> None:
    """Write a JSON file with a line for each entry, or replace it.

    Deeper indentation would take Python's encoder in place of the one in C, which is ten times as fast.

    Args:
        path: the file.
        content: its content.
        on_disk: as `write_atomically`.

    Raises:
        OSError: as `write_atomically`.
    """
    lines = ",\n".join(f" {_encode(name)}: {_encode(value)}" for name, value in content.items())
    write_atomically(path, f"{{\n{lines}\n}}\n".encode(), on_disk=on_disk)
