"""Where the cache lies, what is in it, and how it is cleared. Imports neither torch nor numpy."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json, file_locks

WINDOWS_FOLDER, FILE_HASHES_FOLDER, METADATA_FILE = "rows", "files", "about.json"
SHORT_KEY_LENGTH = 12
"""How much of a key is shown."""


def find_root() -> Path:
    """``$MPCL_CACHE``, or ``mpcl`` in the user's cache directory.

    Raises:
        OSError: this user has none.
    """
    if stated := os.environ.get("MPCL_CACHE"):
        return Path(stated).expanduser().absolute()
    try:
        home = Path.home()
    except RuntimeError as error:
        raise OSError("there is no home directory; set MPCL_CACHE") from error
    usual = {"darwin": home / "Library" / "Caches", "win32": home / "AppData" / "Local"}
    return Path(os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, home / ".cache")) / "mpcl"


@dataclass(frozen=True)
class CacheEntry:
    """Rows in the cache.

    Args:
        folder: where they are; its name is their key.
        about: what they depend on, ``recipe``, ``made`` …; None where that is damaged.
        size: bytes.
        used: when they were made or found last, in seconds since 1970.
    """

    folder: Path
    about: Mapping[str, Any] | None
    size: int
    used: float


@dataclass(frozen=True)
class ClearResult:
    """What was removed, and what was to be removed but is in use (or cannot be removed)."""

    removed: tuple[CacheEntry, ...]
    in_use: tuple[CacheEntry, ...]


def list_entries(root: Path) -> list[CacheEntry]:
    """What is in the cache, the last used first."""
    found = [entry for folder in _folders(root) if not folder.name.startswith(".") and (entry := _entry(folder))]
    return sorted(found, key=lambda entry: entry.used, reverse=True)


def clear(root: Path, days: float | None, size: float | None, everything: bool) -> ClearResult:
    """Remove entries, and always what is damaged, what a stopped run left, and what is known of files that are gone.

    Args:
        root: the cache.
        days: remove what was not used for that long.
        size: then remove the longest unused until the rest has no more than this many bytes.
        everything: remove all.
    """
    for folder in _folders(root):
        if folder.name.startswith("."):
            file_locks.remove_unused(folder)
    for table in sorted((root / FILE_HASHES_FOLDER).glob("*.json")):
        paths = (checksummed_json.read(table) or {}).get("paths", [])
        if everything or not any(Path(path).exists() for path in paths):
            with suppress(OSError):
                table.unlink()
    old = time.time() - days * 86400 if days is not None else 0.0
    removed: list[CacheEntry] = []
    left: list[CacheEntry] = []
    found = list_entries(root)
    rest = sum(entry.size for entry in found)
    for entry in reversed(found):
        if everything or entry.about is None or entry.used < old or (size is not None and rest > size):
            gone = file_locks.remove_unused(entry.folder)
            (removed if gone else left).append(entry)
            rest -= entry.size if gone else 0
    return ClearResult(tuple(removed), tuple(left))


def _folders(root: Path) -> Iterator[Path]:
    yield from sorted(path for path in (root / WINDOWS_FOLDER).glob("*") if path.is_dir())


def _entry(folder: Path) -> CacheEntry | None:
    """None where another process has just removed it."""
    try:
        sizes = [path.stat().st_size for path in folder.iterdir()]
        about = folder / METADATA_FILE
        used = (about if about.exists() else folder).stat().st_mtime
    except FileNotFoundError:
        return None
    return CacheEntry(folder, checksummed_json.read(about), sum(sizes), used)
