"""Find the cache, list its entries and clear it. Imports neither torch nor numpy."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json, file_locks
from mpcl_core.data.cache.entry_metadata import read_metadata

WINDOWS_FOLDER, FILE_HASHES_FOLDER, METADATA_FILE = "rows", "files", "about.json"
SHORT_KEY_LENGTH = 12
"""How many digits of a key are shown."""


def find_root() -> Path:
    """Return the folder of the cache: ``$MPCL_CACHE``, or ``mpcl`` in the user's cache directory.

    Returns:
        The folder, which need not exist.

    Raises:
        OSError: this user has no home directory.
    """
    if path := os.environ.get("MPCL_CACHE"):
        return Path(path).expanduser().absolute()
    try:
        home = Path.home()
    except RuntimeError as error:
        raise OSError("there is no home directory; set MPCL_CACHE") from error
    usual = {"darwin": home / "Library" / "Caches", "win32": home / "AppData" / "Local"}
    return Path(os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, home / ".cache")) / "mpcl"


@dataclass(frozen=True)
class CacheEntry:
    """Describe prepared windows in the cache.

    Args:
        folder: where they are; its name is their key.
        about: what they depend on, ``recipe``, ``made`` …; None where that file is damaged.
        size: bytes.
        used: when they were made or last read, in seconds since 1970.
    """

    folder: Path
    about: Mapping[str, Any] | None
    size: int
    used: float


@dataclass(frozen=True)
class ClearResult:
    """Hold the entries that were removed, and those that are in use or cannot be removed."""

    removed: tuple[CacheEntry, ...]
    in_use: tuple[CacheEntry, ...]


def list_entries(root: Path) -> list[CacheEntry]:
    """List the entries of the cache.

    Args:
        root: the cache.

    Returns:
        The entries, the last used first.
    """
    folders = (folder for folder in _folders(root) if not folder.name.startswith("."))
    found = [entry for folder in folders if (entry := _describe_entry(folder))]
    return sorted(found, key=lambda entry: entry.used, reverse=True)


def clear(root: Path, days: float | None, size: float | None, everything: bool) -> ClearResult:
    """Remove entries by age and size.

    Damaged entries, leftovers of stopped runs and the hashes of files that no longer exist are always removed.

    Args:
        root: the cache.
        days: remove what was not used for that long; None: nothing by age.
        size: then remove the longest unused until the rest has no more than this many bytes; None: nothing by size.
        everything: remove all.

    Returns:
        What was removed, and what could not be.
    """
    _remove_leftovers(root)
    _remove_file_hashes(root, everything)
    oldest = time.time() - days * 86400 if days is not None else 0.0
    removed: list[CacheEntry] = []
    in_use: list[CacheEntry] = []
    entries = list_entries(root)
    total = sum(entry.size for entry in entries)
    for entry in reversed(entries):
        is_too_much = size is not None and total > size
        if everything or entry.about is None or entry.used < oldest or is_too_much:
            is_removed = file_locks.remove_unused(entry.folder)
            (removed if is_removed else in_use).append(entry)
            total -= entry.size if is_removed else 0
    return ClearResult(tuple(removed), tuple(in_use))


def _remove_leftovers(root: Path) -> None:
    for folder in _folders(root):
        if folder.name.startswith("."):
            file_locks.remove_unused(folder)


def _remove_file_hashes(root: Path, everything: bool) -> None:
    for table in sorted((root / FILE_HASHES_FOLDER).glob("*.json")):
        paths = (checksummed_json.read(table) or {}).get("paths")
        known = [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
        if everything or not any(Path(path).exists() for path in known):
            with suppress(OSError):
                table.unlink()


def _folders(root: Path) -> Iterator[Path]:
    yield from sorted(path for path in (root / WINDOWS_FOLDER).glob("*") if path.is_dir())


def _describe_entry(folder: Path) -> CacheEntry | None:
    """Describe an entry.

    Args:
        folder: the entry's folder.

    Returns:
        The entry; None where another process has just removed it.
    """
    try:
        sizes = [path.lstat().st_size for path in folder.iterdir()]
        about = folder / METADATA_FILE
        used = (about if about.exists() else folder).stat().st_mtime
    except OSError:
        return None
    return CacheEntry(folder, read_metadata(about), sum(sizes), used)
