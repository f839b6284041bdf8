"""Read the recordings of a manifest one at a time."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, PluginError, Recording, Signal
from mpcl_plugins.sources._folder.clock import TimedSignal, check_overlap, find_offsets, has_two_clocks, move_stretch
from mpcl_plugins.sources._folder.declared import Declared, match_channels, read_declared, usual_unit
from mpcl_plugins.sources._folder.manifest import ManifestEntry
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import SignalFile

_MOST_OPEN = 16  # files of other entries, whose time stamps and headers are not read again
_DIGITS = 9  # of a start in seconds, below which only the rounding of absolute times is


class Reader:
    """Read entries of a manifest. Files stay open for the next entries, which may name them too.

    The files of an entry are put on one clock: those that state absolute times start as far apart as these say.

    Args:
        manifest: the table, for errors.
        declared: the modalities of the recipe.
    """

    def __init__(self, manifest: Path, declared: Mapping[str, Declared]) -> None:
        self.manifest, self.declared = manifest, declared
        self.timed: dict[int, list[TimedSignal]] = {}
        self._open_files: dict[str, SignalFile] = {}
        self._recent: dict[Path, SignalFile] = {}

    def recordings(
        self, entries: Iterable[ManifestEntry], D: Iterable[Float64[np.ndarray, "k"]]
    ) -> Iterator[Recording]:
        """Yield the recordings of the entries that have any file, with their distributions.

        Args:
            entries: rows of the manifest.
            D: the (k,) distribution of each.

        Yields:
            The recordings.

        Raises:
            DataError: naming the manifest's column and line, and what is wrong with the file.
        """
        for entry, distribution in zip(entries, D, strict=True):
            recording = self._recording(entry, distribution)
            if recording.signals:
                yield recording
            del recording  # before the next one is read

    def timings(self, entries: Iterable[ManifestEntry]) -> list[TimedSignal]:
        """Return the timing of the signals of some entries. An entry is opened unless it was read before.

        Args:
            entries: rows of the manifest.

        Returns:
            The timings; none of an entry that cannot be read.
        """
        found = []
        for entry in entries:
            if entry.line not in self.timed:
                try:
                    self._open(entry)
                    self.timed[entry.line] = self._timings(entry, self._offsets(entry))
                except (DataError, PluginError):
                    self.timed[entry.line] = []
            found += self.timed[entry.line]
        return found

    def _recording(self, entry: ManifestEntry, D: Float64[np.ndarray, "k"]) -> Recording:
        self._open(entry)
        offsets = self._offsets(entry)
        present = {name: column for name, column in self._columns.items() if column in entry.files}
        signals = {
            name: self._signal(entry, self.declared[name], column, offsets[column]) for name, column in present.items()
        }
        try:
            files = {name: self._open_files[column] for name, column in present.items()}
            check_overlap(signals, files, {name: offsets[column] for name, column in present.items()})
        except DataError as error:
            raise DataError(str(error), self.manifest, line=entry.line) from error
        self.timed[entry.line] = self._timings(entry, offsets)
        text = (entry.subject, entry.trial, entry.session, entry.condition, entry.stimulus)
        return Recording(signals, D, *text, weight=entry.weight)

    @property
    def _columns(self) -> dict[str, str]:
        """Return the manifest's column of each modality."""
        return {name: declared.column or name for name, declared in self.declared.items()}

    def _open(self, entry: ManifestEntry) -> None:
        self._open_files = {}
        for column in dict.fromkeys(self._columns.values()):
            if column in entry.files:
                path = entry.files[column]
                if path not in self._recent:
                    with self._located(entry, column):
                        self._recent[path] = open_file(path)
                self._recent[path] = self._recent.pop(path)  # the last ones stay longest
                self._open_files[column] = self._recent[path]
        self._forget()

    def _forget(self) -> None:
        """Close files that were used long ago, and those of other entries that hold their content in memory."""
        needed = {file.path for file in self._open_files.values()}
        others = [path for path in self._recent if path not in needed]
        for number, path in enumerate(others):
            if self._recent[path].is_in_memory or len(others) - number > _MOST_OPEN:
                del self._recent[path]

    def _offsets(self, entry: ManifestEntry) -> dict[str, float]:
        opened = {column: file for column, file in self._open_files.items() if column in entry.files}
        column = next(iter(opened), "")
        with self._located(entry, column):
            return find_offsets(opened, entry.clock)

    def _timings(self, entry: ManifestEntry, offsets: Mapping[str, float]) -> list[TimedSignal]:
        found = []
        opened = {column: file for column, file in self._open_files.items() if column in entry.files}
        is_uncertain = has_two_clocks(opened, entry.clock)
        for name, column in self._columns.items():
            if column in entry.files:
                file, declared = self._open_files[column], self.declared[name]
                with self._located(entry, column):
                    channels = match_channels(file.channels, declared, file.path)
                    timing = file.timing(channels, declared.sfreq)
                pairs = zip(declared.channels, (channel.name for channel in channels), strict=True)
                found.append(
                    TimedSignal(
                        file.path,
                        name,
                        offsets[column],
                        timing,
                        is_uncertain,
                        tuple({usual_unit(each.unit): declared.unit for each in channels if each.scale != 1}.items()),
                        tuple((stated, label) for stated, label in pairs if label and label != stated),
                        tuple(channel.name for channel in channels if channel.is_bad),
                    )
                )
        return found

    def _signal(self, entry: ManifestEntry, declared: Declared, column: str, offset: float) -> Signal:
        file = self._open_files[column]
        with self._located(entry, column):
            signal = read_declared(file, declared, move_stretch(entry.stretch, offset))
        return replace(signal, start=round(signal.start, _DIGITS)) if offset else signal

    @contextmanager
    def _located(self, entry: ManifestEntry, column: str) -> Iterator[None]:
        """Yield, and name the manifest's column and line in errors of a file."""
        try:
            yield
        except (DataError, OSError) as error:
            raise DataError(str(error), self.manifest, column, line=entry.line) from error
