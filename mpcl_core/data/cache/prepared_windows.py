"""Load the windows of a study from the cache, or prepare and store them."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mpcl_core.data.cache import checksummed_json, location
from mpcl_core.data.cache.entry import CacheError, EntryWriter, cache_errors, read_entry
from mpcl_core.data.cache.entry_metadata import read_metadata
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.key import describe_inputs
from mpcl_core.data.cache.npy_files import DamagedFileError
from mpcl_core.data.missing_data import naming_missing_data
from mpcl_core.data.prepare import prepare, prepare_parts, source_label
from mpcl_core.data.unused_recordings import UnusedRecording
from mpcl_core.interfaces.data import SignalClock, WindowSet
from mpcl_core.spec.block import Block

FIRST_REPORT_AFTER = 5.0
"""Seconds after which progress is reported for the first time."""


@dataclass(frozen=True)
class Provenance:
    """Hold how prepared windows were obtained.

    Args:
        key: their key in the cache; None where they are not stored.
        from_cache: whether they were read from the cache.
        n_recordings: the number of recordings of the source; 0 where it loads windows.
        unused: the recordings that give no window.
        notes: the source's notes on its data.
        clocks: the signals that start late, drift or have gaps.
    """

    key: str | None = None
    from_cache: bool = False
    n_recordings: int = 0
    unused: tuple[UnusedRecording, ...] = ()
    notes: tuple[str, ...] = ()
    clocks: tuple[SignalClock, ...] = ()

    def __str__(self) -> str:
        if self.key is None:
            return "prepared in memory"
        start = "from" if self.from_cache else "prepared and stored in"
        return f"{start} the cache ({self.key[: location.SHORT_KEY_LENGTH]})"


class _Preparation:
    """Prepare the windows of a source, and record what becomes of its recordings."""

    def __init__(self, source: Block, transforms: Sequence[Block]) -> None:
        self.source, self.transforms = source.build(), [block.build() for block in transforms]
        self.n_recordings = 0
        self.unused: list[UnusedRecording] = []

    def parts(self) -> Iterator[WindowSet]:
        return prepare_parts(self.source, self.transforms, self._add)

    def windows(self) -> WindowSet:
        return prepare(self.source, self.transforms, self._add)

    def _add(self, unused: UnusedRecording | None) -> None:
        self.n_recordings += 1
        self.unused += [unused] if unused else []

    def provenance(self, key: str | None = None) -> Provenance:
        notes, clocks = tuple(self.source.notes), tuple(self.source.clocks)
        return Provenance(key, False, self.n_recordings, tuple(self.unused), notes, clocks)


def prepare_in_memory(source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance]:
    """Prepare the windows of a source after its stateless transforms, without the cache.

    Args:
        source, transforms: the blocks of a recipe.

    Returns:
        The windows, and how they were obtained.

    Raises:
        DataError: the data break the contract, or no window is left.
    """
    with naming_missing_data(source):
        preparation = _Preparation(source, transforms)
        return preparation.windows(), preparation.provenance()


class WindowCache:
    """Prepare windows once and read them from the cache afterwards.

    Args:
        recipe: the name of the recipe, which ``mpcl cache ls`` shows.
        on_message: called with lines for the user: progress, and why the cache cannot be used.
    """

    def __init__(self, recipe: str, on_message: Callable[[str], None]) -> None:
        self.recipe, self.on_message = recipe, on_message

    def load(self, source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance]:
        """Load the windows of a source after its stateless transforms.

        Args:
            source, transforms: the blocks of a recipe.

        Returns:
            The windows, equal to the last bit whether or not they come from the cache, and how they were obtained.

        Raises:
            DataError: the data break the contract, or no window is left.
        """
        try:
            with naming_missing_data(source):
                if cached := self._load_cached(source, transforms):
                    return cached
        except CacheError as error:
            self.on_message(f"The cache cannot store these windows, so they are prepared in memory: {error}")
        return prepare_in_memory(source, transforms)

    def _load_cached(self, source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance] | None:
        with cache_errors():
            root = location.find_root()
            hashes = FileHashes(root / location.FILE_HASHES_FOLDER)
            inputs = describe_inputs(source, transforms, hashes)
            if inputs is None:
                return None
            entry = root / location.WINDOWS_FOLDER / checksummed_json.digest(inputs)
            exists = entry.is_dir()
        if exists and (cached := self._read_existing(entry)) is not None:
            return cached
        preparation = _Preparation(source, transforms)
        with EntryWriter(entry.parent, source_label(source.cls.name)) as writer:
            for part in self._with_progress(preparation.parts()):
                writer.append(part)
            with cache_errors():
                if describe_inputs(source, transforms, hashes) != inputs:
                    raise CacheError("a file changed while it was read")
            provenance = preparation.provenance(entry.name)
            about = {"inputs": inputs, "recipe": self.recipe, **_describe(provenance)}
            writer.commit(entry, about, replace_damaged=exists)
        return _read(entry), provenance

    def _with_progress(self, parts: Iterator[WindowSet]) -> Iterator[WindowSet]:
        """Report progress while parts are prepared, after 5 s, 10 s, 20 s and so on.

        Args:
            parts: the parts.

        Yields:
            The same parts.
        """
        started, next_report, n_windows = time.monotonic(), FIRST_REPORT_AFTER, 0
        for part in parts:
            yield part
            n_windows += len(part)
            if (elapsed := time.monotonic() - started) >= next_report:
                self.on_message(f"{n_windows} windows after {elapsed:.0f} s, up to subject '{part.subject[-1]}' …")
                next_report = 2 * elapsed

    def _read_existing(self, entry: Path) -> tuple[WindowSet, Provenance] | None:
        try:
            windows, provenance = _read(entry), _read_provenance(entry)
        except CacheError as error:
            start = "Windows in the cache cannot be used, so they are prepared again"
            self.on_message(f"{start}: {error} ({entry})")
            return None
        with suppress(OSError):
            os.utime(entry / location.METADATA_FILE)
        return windows, provenance


def _describe(provenance: Provenance) -> dict[str, Any]:
    unused = [[one.subject, one.trial, one.reason] for one in provenance.unused]
    return {
        "recordings": provenance.n_recordings,
        "unused": unused,
        "notes": list(provenance.notes),
        "clocks": [asdict(clock) for clock in provenance.clocks],
    }


def _read_provenance(entry: Path) -> Provenance:
    about = read_metadata(entry / location.METADATA_FILE) or {}
    try:
        unused = tuple(UnusedRecording(*map(str, one)) for one in about["unused"])
        clocks = tuple(SignalClock(**clock) for clock in about["clocks"])
        return Provenance(entry.name, True, about["recordings"], unused, tuple(map(str, about["notes"])), clocks)
    except (KeyError, TypeError) as error:
        raise CacheError(f"{location.METADATA_FILE} is not what was written") from error


def _read(entry: Path) -> WindowSet:
    try:
        return read_entry(entry)
    except (DamagedFileError, OSError) as error:
        raise CacheError(str(error)) from error
