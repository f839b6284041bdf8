"""SHA-256 of the files that a source reads; a file that did not change is not read again.

What was found is kept in a table beside each file's size, inode, and times of change (mtime and ctime, in ns). A file
that changed less than ``SETTLED`` seconds ago may change again within one tick of its file system's clock, so it is
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

Seen = list[int | str]
"""Size, inode, mtime, ctime, SHA-256."""


class FileHashes:
    """Knows the files that were seen before.

    Args:
        folder: where the tables lie, one for each set of paths that was asked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, paths: Mapping[str, Path]) -> dict[str, dict[str, str]]:
        """Key of a path -> name -> SHA-256: of the file, or of every file in the folder and below.

        A name is relative to the folder; where there is nothing, nothing is named.

        Raises:
            OSError: a file cannot be read.
        """
        table = self.folder / f"{hashlib.sha256(os.fsencode('|'.join(map(str, paths.values())))).hexdigest()}.json"
        known = (checksummed_json.read(table) or {}).get("files", {})
        named = {key: dict(_files(path)) for key, path in paths.items()}
        seen = {str(file): _seen(file, known.get(str(file))) for files in named.values() for file in files.values()}
        settled = {file: entry for file, entry in seen.items() if _is_settled(entry)}
        if settled != known:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                checksummed_json.write(table, {"paths": [str(path) for path in paths.values()], "files": settled})
        return {key: {name: str(seen[str(file)][-1]) for name, file in files.items()} for key, files in named.items()}


def _seen(file: Path, known: Seen | None) -> Seen:
    stat = file.stat()
    before: Seen = [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
    if known and known[:-1] == before:
        return known
    with file.open("rb") as content:
        return [*before, hashlib.file_digest(content, "sha256").hexdigest()]


def _is_settled(entry: Seen) -> bool:
    return max(int(entry[2]), int(entry[3])) < time.time_ns() - SETTLING_TIME * 1e9


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of each file, in the order of their names. A link that leads back is followed once."""
    if path.is_file():
        yield path.name, path
    entered = set()
    for folder, below, names in os.walk(path, followlinks=True):
        real = Path(folder).resolve()
        below[:] = [] if real in entered else sorted(below)
        for name in [] if real in entered else sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file.relative_to(path).as_posix(), file
        entered.add(real)
