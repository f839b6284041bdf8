"""Define the transforms that change one recording at a time."""

from abc import abstractmethod

from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.data import Recording


class RecordingTransform(Transform):
    """Change one recording at a time, without state (``prepare``), as filters and resampling do.

    Example:
        >>> from dataclasses import replace
        >>> import numpy as np
        >>> from mpcl_core.plugin import Recording, RecordingTransform, Signal
        >>> class Millivolts(RecordingTransform):
        ...     name = "millivolts"
        ...
        ...     def transform(self, recording):
        ...         signals = {n: replace(s, values=s.values / 1000) for n, s in recording.signals.items()}
        ...         return replace(recording, signals=signals)
        >>> eeg = Signal(np.full((1, 4), 500.0, np.float32), sfreq=128.0)
        >>> recording = Recording({"eeg": eeg}, D=np.array([0.5, 0.5]), subject="s01", trial="1")
        >>> Millivolts().transform(recording).signals["eeg"].values
        array([[0.5, 0.5, 0.5, 0.5]], dtype=float32)
    """

    @abstractmethod
    def transform(self, recording: Recording) -> Recording:
        """Transform a recording.

        Args:
            recording: must not be changed.

        Returns:
            The changed recording.
        """
