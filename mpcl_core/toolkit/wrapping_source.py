"""Provide the base of sources that change a part of what another source provides."""

from collections.abc import Iterator
from pathlib import Path

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, RecordingOverlap, SignalClock, Valence, WindowSet


class WrappingSource(Source):
    """Provide what another source provides; a subclass overrides what differs.

    A recipe states the other source as a parameter: ``source: {use: tired, source: {use: simulated}}``.

    Args:
        source: the other source.

    Example:
        >>> from dataclasses import replace
        >>> from mpcl_core.plugin import WrappingSource
        >>> from mpcl_plugins.sources.simulated import Simulated
        >>> class Renamed(WrappingSource):
        ...     name = "renamed"
        ...
        ...     def load(self):
        ...         for recording in self.source.load():
        ...             yield replace(recording, subject=f"x-{recording.subject}")
        >>> source = Renamed(source=Simulated(subjects=1, trials=1, seconds=4.0))
        >>> [recording.subject for recording in source.load()], len(source.labels)
        (['x-s01'], 10)
    """

    def __init__(self, *, source: Source) -> None:
        self.source = source

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities of the other source."""
        return self.source.modalities

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the emotions of the other source."""
        return self.source.labels

    @property
    def valence(self) -> Valence | None:
        """Return which labels of the other source are pleasant and unpleasant."""
        return self.source.valence

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the notes of the other source."""
        return self.source.notes

    @property
    def overlaps(self) -> tuple[RecordingOverlap, ...]:
        """Return the pairs of recordings of the other source that share time."""
        return self.source.overlaps

    @property
    def clocks(self) -> tuple[SignalClock, ...]:
        """Return the signals of the other source that start late, drift or have gaps."""
        return self.source.clocks

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that the other source reads."""
        return self.source.files

    def load(self) -> Iterator[Recording] | WindowSet:
        """Load the data of the other source.

        Returns:
            Its recordings one at a time, or its windows.
        """
        return self.source.load()
