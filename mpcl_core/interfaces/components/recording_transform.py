"""Define the transforms that change one recording at a time."""

from abc import abstractmethod
from typing import Any

from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.data import Recording, Signal


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

    @property
    def is_causal(self) -> bool:
        """Return whether no later sample counts for a sample, so that live signals can be transformed.

        Where it is true, `transform_chunk` is defined and gives what `transform` gives.
        """
        return False

    def transform_chunk(self, name: str, chunk: Signal, state: Any) -> tuple[Signal, Any]:
        """Transform the next samples of one signal of a live recording; only where `is_causal`.

        Args:
            name: the modality; every modality is passed, and those that are not concerned are returned as they are.
            chunk: (c, n) its next samples, possibly none. Must not be changed.
            state: what the call for the chunk before returned; None for the first chunk of the signal.

        Returns:
            The transformed samples, and the state for the next chunk, which is kept unchanged.
        """
        raise NotImplementedError(f"{type(self).__name__} transforms whole recordings only")
