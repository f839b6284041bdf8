"""The recordings of a manifest, read one at a time."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Recording, Signal
from mpcl_plugins.sources._folder.declared import Declared, matched
from mpcl_plugins.sources._folder.manifest import Entry
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import SignalFile


class Reader:
    """Reads entries of a manifest. A file stays at hand for as long as the next entry names it too.

    Args:
        manifest: the table, to be named in an error.
        declared: the modalities of the recipe.
    """

    def __init__(self, manifest: Path, declared: Mapping[str, Declared]) -> None:
        self.manifest, self.declared = manifest, declared
        self._at_hand: dict[str, SignalFile] = {}

    def recordings(self, entries: Iterable[Entry], D: Iterable[Float64[np.ndarray, "k"]]) -> Iterator[Recording]:
        """The recordings of the entries that have any file, with their distributions.

        Raises:
            DataError: naming the manifest's column and row, and what is wrong with the file.
        """
        found = (self._recording(entry, distribution) for entry, distribution in zip(entries, D, strict=True))
        yield from (recording for recording in found if recording.signals)

    def _recording(self, entry: Entry, D: Float64[np.ndarray, "k"]) -> Recording:
        self._at_hand = {column: file for column, file in self._at_hand.items() if file.path == entry.files.get(column)}
        signals = {
            name: self._signal(entry, declared, declared.column or name)
            for name, declared in self.declared.items()
            if (declared.column or name) in entry.there
        }
        text = (entry.subject, entry.trial, entry.session, entry.condition, entry.stimulus)
        return Recording(signals, D, *text, weight=entry.weight)

    def _signal(self, entry: Entry, declared: Declared, column: str) -> Signal:
        try:
            if column not in self._at_hand:
                self._at_hand[column] = open_file(entry.files[column])
            file = self._at_hand[column]
            return file.read(matched(file.channels, declared, file.path), declared.sfreq, entry.stretch)
        except (DataError, OSError) as error:
            raise DataError(str(error), self.manifest, column, entry.row) from error
