"""The rows of a study: found in the cache, or prepared and kept there."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.data.cache import checksummed_json, location
from mpcl_core.data.cache.entry import CacheError, EntryWriter, cache_errors, read
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.key import describe_inputs
from mpcl_core.data.cache.npy_files import DamagedFileError
from mpcl_core.data.prepare import prepare, prepare_parts, source_label
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block

FIRST_REPORT_AFTER = 5.0
"""Seconds until it is said for the first time how far the reading has come."""


@dataclass(frozen=True)
class Provenance:
    """Where prepared rows come from.

    Args:
        key: their address in the cache; None where they are not there.
        from_cache: whether they were there before.
    """

    key: str | None = None
    from_cache: bool = False

    def __str__(self) -> str:
        if self.key is None:
            return "prepared in memory"
        start = "from" if self.from_cache else "prepared and kept in"
        return f"{start} the cache ({self.key[: location.SHORT_KEY_LENGTH]})"


class WindowCache:
    """Prepares rows once.

    Args:
        recipe: the name of the recipe, for those who look into the cache.
        notice: told of what a user should know.
    """

    def __init__(self, recipe: str, notice: Callable[[str], None]) -> None:
        self.recipe, self.notice = recipe, notice

    def load(self, source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance]:
        """The rows of a source behind its stateless transforms, the same by whatever way they come.

        Raises:
            DataError: the data are not what they should be, or nothing is left of them.
        """
        try:
            if kept := self._kept(source, transforms):
                return kept
        except CacheError as error:
            self.notice(f"The cache cannot keep these rows, so they are prepared in memory: {error}")
        return prepare(source.build(), [block.build() for block in transforms]), Provenance()

    def _kept(self, source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance] | None:
        with cache_errors():
            folder = location.find_root()
            hashes = FileHashes(folder / location.FILE_HASHES_FOLDER)
            known = describe_inputs(source, transforms, hashes)
            if known is None:
                return None
            entry = folder / location.WINDOWS_FOLDER / checksummed_json.digest(known)
            there = entry.is_dir()
        if there and (windows := self._found(entry)) is not None:
            return windows, Provenance(entry.name, from_cache=True)
        with EntryWriter(entry.parent, source_label(source.cls.name)) as writer:
            for part in self._told(prepare_parts(source.build(), [block.build() for block in transforms])):
                writer.append(part)
            with cache_errors():
                if describe_inputs(source, transforms, hashes) != known:
                    raise CacheError("a file changed while it was read")
            writer.commit(entry, {"inputs": known, "recipe": self.recipe}, replace_damaged=there)
        return _read(entry), Provenance(entry.name)

    def _told(self, found: Iterator[WindowSet]) -> Iterator[WindowSet]:
        """The parts; where they take long, it is said how far they have come: after 5 s, 10 s, 20 s and so on."""
        started, patience, rows = time.monotonic(), FIRST_REPORT_AFTER, 0
        for part in found:
            yield part
            rows += len(part)
            if (gone := time.monotonic() - started) >= patience:
                self.notice(f"{rows} rows after {gone:.0f} s, as far as subject '{part.subject[-1]}' …")
                patience = 2 * gone

    def _found(self, entry: Path) -> WindowSet | None:
        try:
            windows = _read(entry)
        except CacheError as error:
            self.notice(f"Rows in the cache cannot be used, so they are prepared again: {error} ({entry})")
            return None
        with suppress(OSError):
            os.utime(entry / location.METADATA_FILE)
        return windows


def _read(entry: Path) -> WindowSet:
    try:
        return read(entry)
    except (DamagedFileError, OSError) as error:
        raise CacheError(str(error)) from error
