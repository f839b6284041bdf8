"""Hold how a source recognises and reads questionnaires that state when trials ran and how they were rated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RatedStretch:
    """Hold a part of a recording with the answers of its questionnaire.

    Args:
        subject: the person.
        name: of the trial.
        start, stop: seconds from the start of the recording.
        scores: item -> score; an item without an answer has no entry.
        condition: '' where unknown.
    """

    subject: str
    name: str
    start: float
    stop: float
    scores: Mapping[str, float]
    condition: str = ""


@dataclass(frozen=True)
class Questionnaires:
    """Hold what the questionnaires of a study are called, and how they are read.

    Args:
        pattern: of their file names, in which ``*`` stands for any text: ``*_quest.csv``.
        read: called with the files, and with a table of the seconds by which the clocks of the recordings are ahead of
            the questionnaires', None where there is none; returns the stretches of all people, or raises `DataError`.

    Example:
        >>> from mpcl_core.plugin import Questionnaires, RatedStretch
        >>> def read(files, offsets):
        ...     return [RatedStretch(file.stem, "film", 0.0, 60.0, {"happy": 3.0}) for file in files]
        >>> questionnaires = Questionnaires("*_diary.txt", read)
        >>> questionnaires.read([Path("s01_diary.txt")], None)[0].subject
        's01_diary'
    """

    pattern: str
    read: Callable[[Sequence[Path], Path | None], Sequence[RatedStretch]]

    def find(self, folder: Path) -> list[Path]:
        """Return the questionnaires in a folder or below it.

        Args:
            folder: the folder.

        Returns:
            Their paths, in order.
        """
        return sorted(folder.rglob(self.pattern))
