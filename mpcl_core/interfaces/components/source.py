"""Define the slot of sources, which provide recordings or windows."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.data import (
    Modality,
    Questionnaires,
    Recording,
    RecordingOverlap,
    SignalClock,
    Valence,
    WindowSet,
)


class Source(Component, ABC):
    """Provide recordings or windows. ``modalities`` and ``labels`` are known before loading.

    ``simulated`` sources set the flag of that name, and every output with their numbers states it.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Modality, Source, WindowSet
        >>> class TwoWindows(Source):
        ...     name = "two_windows"
        ...     modalities = (Modality("gsr", n_chans=1, n_times=3),)
        ...     labels = ("happy", "sad")
        ...
        ...     def load(self):
        ...         X, present = np.ones((2, 1, 3), np.float32), np.ones(2, bool)
        ...         D = np.array([[0.7, 0.3], [0.4, 0.6]])
        ...         return WindowSet(self.modalities, {"gsr": X}, {"gsr": present}, D, self.labels)
        >>> len(TwoWindows().load().validate())
        2
    """

    slot: ClassVar[str] = "source"
    simulated: ClassVar[bool] = False
    lowest_score: ClassVar[float] = 0.0
    """The lowest score of a questionnaire, for sources with the parameters ``ratings``, ``at_floor`` and ``missing``.

    ``mpcl calibrate`` turns a person's scores into distributions by the same rules."""
    questionnaires: ClassVar[Questionnaires | None] = None
    """Questionnaires of its study that state times and scores; None where it has none.

    ``mpcl new dataset`` takes no such file for a recording, and ``--questionnaires FOLDER`` reads them."""

    @property
    @abstractmethod
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities; ``n_times`` is None where the source provides recordings.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """Return the names of the k emotions."""

    @property
    def valence(self) -> Valence | None:
        """Return which labels are pleasant and unpleasant, or None where that is not known."""
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return notes for readers of the numbers: what was left out, imputed or derived, and how much.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def overlaps(self) -> tuple[RecordingOverlap, ...]:
        """Return the pairs of recordings that share time, such as trials that were cut with overlapping times.

        A fold with one of a pair on each side is graded as leaky.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def clocks(self) -> tuple[SignalClock, ...]:
        """Return the signals that start late, drift or have gaps.

        ``check`` and the report list them in a table.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that the source reads beside its parameters of type ``Path``.

        Those that a manifest names, for example. Prepared windows are cached for as long as none of them changes.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def continuous(self) -> bool:
        """Return whether the source provides recordings, which a ``window`` transform must cut."""
        return any(modality.n_times is None for modality in self.modalities)

    @abstractmethod
    def load(self) -> Iterator[Recording] | WindowSet:
        """Load the data.

        Returns:
            Recordings one at a time, or a window set where the files hold windows or features.

        Raises:
            DataError: naming file, field and row or line.
        """
