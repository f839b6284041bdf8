"""Write files atomically: they are complete or absent, whenever a process is killed."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import PARTIAL

Writer = Callable[[Path, bytes], None]
"""Writes a file with a content, or replaces it: `write_atomically` or `write_unsynced`."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, or replace it, and wait until the disk has it: it survives a crash of the machine too.

    Args:
        path: the file.
        content: its bytes.

    Raises:
        OSError: the file, which the error names, cannot be written; an earlier version of it is unchanged.
    """
    _write(path, content, is_synced=True)


def write_unsynced(path: Path, content: bytes) -> None:
    """Write a file, or replace it, without waiting for the disk (`wait_for_disk` waits for many).

    Args:
        path: the file.
        content: its bytes.

    Raises:
        OSError: as `write_atomically`.
    """
    _write(path, content, is_synced=False)


def _write(path: Path, content: bytes, *, is_synced: bool) -> None:
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("wb", buffering=0) as file:
            left = memoryview(content)
            while left:
                left = left[file.write(left) :]
            if is_synced:
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


def encode_json(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON file with a line for each entry.

    Deeper indentation would take Python's encoder in place of the one in C, which is ten times as fast.

    Args:
        content: its content.

    Returns:
        The bytes.
    """
    lines = ",\n".join(f" {_encode(name)}: {_encode(value)}" for name, value in content.items())
    return f"{{\n{lines}\n}}\n".encode()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file with a line for each entry, or replace it.

    Args:
        path: the file.
        content: its content.

    Raises:
        OSError: as `write_atomically`.
    """
    write_atomically(path, encode_json(content))
