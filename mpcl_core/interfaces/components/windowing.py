"""Define the transforms that cut recordings into windows."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.data import Modality, Recording, Valence, WindowSet


@dataclass(frozen=True)
class WindowSchedule:
    """Hold when windows begin and end, for those of live signals.

    Args:
        length: of a window, in seconds.
        hop: from the start of a window to that of the next, in seconds.
        is_partial: whether the first window begins with the earliest signal, and not with the latest.
    """

    length: float
    hop: float
    is_partial: bool = False


class Windowing(Transform):
    """Cut a recording into windows (``prepare``, exactly one where the source provides recordings).

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Modality, Recording, Signal, Windowing, WindowSet
        >>> class WholeRecording(Windowing):
        ...     name = "whole_recording"
        ...
        ...     def transform(self, recording, modalities, labels, valence):
        ...         X = {name: signal.values[None] for name, signal in recording.signals.items()}
        ...         present = {name: np.ones(1, bool) for name in X}
        ...         return WindowSet(modalities, X, present, recording.D[None], labels, valence=valence)
        >>> eeg = Signal(np.zeros((1, 4), np.float32), sfreq=128.0)
        >>> recording = Recording({"eeg": eeg}, D=np.array([0.5, 0.5]), subject="s01", trial="1")
        >>> len(WholeRecording().transform(recording, (Modality("eeg", 1, 4, 128.0),), ("happy", "sad"), None))
        1
    """

    @abstractmethod
    def transform(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> WindowSet:
        """Cut a recording.

        Args:
            recording: must not be changed.
            modalities: what `outputs` returns, in the order of the window set.
            labels: names of the k emotions.
            valence: which of them are pleasant and unpleasant.

        Returns:
            The recording's windows, each with the recording's weight divided by their number; possibly none.
        """

    def transform_in_parts(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> tuple[int, Iterator[WindowSet]]:
        """Cut a recording into windows, a few at a time where there are many.

        Args:
            recording, modalities, labels, valence: as in `transform`.

        Returns:
            The number of windows, and the windows of `transform` in order, in parts that are not empty.
        """
        windows = self.transform(recording, modalities, labels, valence)
        return len(windows), iter([windows] if len(windows) else [])

    @property
    def schedule(self) -> WindowSchedule | None:
        """Return when windows begin and end; None where it is not known before a recording ends.

        Live signals are cut with it: each window is passed to `transform` as a recording of its length.
        """
        return None
