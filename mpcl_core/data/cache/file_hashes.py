"""Hash the files that a source reads, and read a file again only where it changed.

Hashes are stored in a table beside each file's size, inode, and times of change (mtime and ctime, in ns). A file that
changed less than ``SETTLING_TIME`` seconds ago may change again within one tick of its file system's clock, so it is
not entered.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from mpcl_core.data.cache import checksummed_json

SETTLING_TIME = 2.0

FileRecord = list[int | str]
"""Size, inode, mtime, ctime, SHA-256."""


class FileHashes:
    """Hash files with a table of earlier hashes.

    Args:
        folder: where the tables lie, one for each set of paths that was hashed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compute(self, paths: Mapping[str, Path]) -> dict[str, dict[str, str]]:
        """Hash files, and all files in and below folders.

        Args:
            paths: key -> file or folder.

        Returns:
            Key -> name -> SHA-256. A name is relative to the folder; a path where nothing lies has no names.

        Raises:
            OSError: a file cannot be read.
        """
        table = self.folder / f"{hashlib.sha256(os.fsencode('|'.join(map(str, paths.values())))).hexdigest()}.json"
        files = (checksummed_json.read(table) or {}).get("files")
        stored = files if isinstance(files, dict) else {}
        named = {key: dict(_files(path)) for key, path in paths.items()}
        records = {
            str(file): _record(file, stored.get(str(file))) for files in named.values() for file in files.values()
        }
        settled = {file: record for file, record in records.items() if _is_settled(record)}
        if settled != stored:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                checksummed_json.write(table, {"paths": [str(path) for path in paths.values()], "files": settled})
        return {
            key: {name: str(records[str(file)][-1]) for name, file in files.items()} for key, files in named.items()
        }


def _record(file: Path, stored: FileRecord | None) -> FileRecord:
    stat = file.stat()
    current: FileRecord = [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
    if isinstance(stored, list) and stored[:-1] == current and len(stored) > len(current):
        return stored
    with file.open("rb") as content:
        return [*current, hashlib.file_digest(content, "sha256").hexdigest()]


def _is_settled(record: FileRecord) -> bool:
    return max(int(record[2]), int(record[3])) < time.time_ns() - SETTLING_TIME * 1e9


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """List the files of a path in the order of their names; a link that leads back is followed once.

    Args:
        path: a file or a folder.

    Yields:
        The name and the place of each file.
    """
    if path.is_file():
        yield path.name, path
    entered = set()
    for folder, subfolders, names in os.walk(path, followlinks=True):
        real = Path(folder).resolve()
        subfolders[:] = [] if real in entered else sorted(subfolders)
        for name in [] if real in entered else sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file.relative_to(path).as_posix(), file
        entered.add(real)
