"""Define what the sources of published studies share: a path, tracks, labels."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from mpcl_core.plugin import DataError, Modality, Positive, Recording, Source, Valence
from mpcl_plugins.sources._study_layouts.tracks import Track, list_modalities


class StudySource(Source):
    """Read the recordings of a study, one person at a time.

    Args:
        path: the folder or file of the study.
        last: the seconds that are kept of each clip, up to its end.
    """

    tracks: ClassVar[Mapping[str, Track]]
    """Modality -> what it holds."""
    emotions: ClassVar[tuple[str, ...]]
    """The labels."""
    leaning: ClassVar[Valence | None] = None
    """Which labels are pleasant and unpleasant."""
    pattern: ClassVar[str]
    """Of the files of people in the folder."""

    def __init__(self, *, path: Path, last: Positive = 60.0) -> None:
        self.path, self.last = path, last

    @property
    def modalities(self) -> tuple[Modality, ...]:
        self.people()
        return list_modalities(self.tracks)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.emotions

    @property
    def valence(self) -> Valence | None:
        return self.leaning

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.people())

    def people(self) -> list[Path]:
        """Return the files of all people, in the order of their names.

        Returns:
            The files.

        Raises:
            DataError: there is none.
        """
        files = sorted(self.path.glob(self.pattern)) if self.path.is_dir() else [self.path]
        if not files:
            raise DataError(f"holds no file {self.pattern}", self.path)
        return files

    def load(self) -> Iterator[Recording]:
        for file in self.people():
            yield from self.read_person(file)

    @abstractmethod
    def read_person(self, file: Path) -> Iterator[Recording]:
        """Yield the recordings in the file of one person, or of all.

        Args:
            file: one of `people`.

        Yields:
            The recordings that have a label and a signal.

        Raises:
            DataError: the file is missing or damaged, or a rating is not on its scale.
        """
