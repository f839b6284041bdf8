"""Read the recordings of a manifest one at a time."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Recording, Signal
from mpcl_plugins.sources._folder.declared import Declared, match_channels
from mpcl_plugins.sources._folder.manifest import ManifestEntry
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import SignalFile


class Reader:
    """Read entries of a manifest. A file stays open for as long as the next entry names it too.

    Args:
        manifest: the table, for errors.
        declared: the modalities of the recipe.
    """

    def __init__(self, manifest: Path, declared: Mapping[str, Declared]) -> None:
        self.manifest, self.declared = manifest, declared
        self._open_files: dict[str, SignalFile] = {}

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
            DataError: naming the manifest's column and row, and what is wrong with the file.
        """
        found = (self._recording(entry, distribution) for entry, distribution in zip(entries, D, strict=True))
        yield from (recording for recording in found if recording.signals)

    def _recording(self, entry: ManifestEntry, D: Float64[np.ndarray, "k"]) -> Recording:
        still_open = self._open_files.items()
        self._open_files = {column: file for column, file in still_open if file.path == entry.files.get(column)}
        signals = {
            name: self._signal(entry, declared, declared.column or name)
            for name, declared in self.declared.items()
            if (declared.column or name) in entry.existing
        }
        text = (entry.subject, entry.trial, entry.session, entry.condition, entry.stimulus)
        return Recording(signals, D, *text, weight=entry.weight)

    def _signal(self, entry: ManifestEntry, declared: Declared, column: str) -> Signal:
        try:
            if column not in self._open_files:
                self._open_files[column] = open_file(entry.files[column])
            file = self._open_files[column]
            return file.read(match_channels(file.channels, declared, file.path), declared.sfreq, entry.stretch)
        except (DataError, OSError) as error:
            raise DataError(str(error), self.manifest, column, entry.row) from error
