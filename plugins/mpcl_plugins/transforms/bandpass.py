"""Keep a band of a recording's signal and remove drifts, level and noise: a linear-phase filter without delay.

With ``causal`` it is a Butterworth filter of order 4 instead (`_causal`), which delays the signal and can be used live.
The edges of the linear-phase filter are as wide as MNE-Python makes them: a quarter of the frequency, at least 2 Hz,
but never past 0 or past half the sampling rate; the narrower of the two counts. `_fir` documents how it is computed.
"""

from functools import lru_cache
from typing import Any

from mpcl_core.plugin import DataError, Modality, Name, Positive, Recording, RecordingTransform, Signal
from mpcl_plugins.transforms._causal import Sections, filter_causally, filter_chunk
from mpcl_plugins.transforms._fir import bandpass_taps, filter_signal
from mpcl_plugins.transforms._recording import change_signal, sampled_modality
from mpcl_plugins.transforms._table import check_positive


class Bandpass(RecordingTransform):
    """Keep the band from ``low`` to ``high`` of every channel, where the gain is ½ at both ends.

    The whole recording is filtered before windows are cut, so only its own ends are extended (by reflection). A
    dropout (NaN) remains one. The filter reaches 1.65 / (width of its narrower edge) seconds to either side: 3.3 s for
    ``low`` = 0.5. With ``causal`` the gain is 0.71 at both ends, and only earlier samples are used.

    Args:
        modality: the signal.
        low: lower edge in Hz.
        high: upper edge in Hz; below half the sampling rate.
        causal: filter with a delay and without later samples, as live signals need it.

    Raises:
        ValueError: ``low`` or ``high`` is not a number above 0, or ``low`` is not below ``high``.
    """

    name = "bandpass"

    def __init__(self, *, modality: Name, low: Positive, high: Positive, causal: bool = False) -> None:
        self.modality, self.causal = modality, causal
        self.low, self.high = check_positive("low", low, "Hz"), check_positive("high", high, "Hz")
        if low >= high:
            raise ValueError(f"low is {low} Hz, but must be below high, {high} Hz")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities unchanged.

        Args:
            modalities: the modalities of the study.

        Returns:
            The same modalities.

        Raises:
            DataError: there is no such signal, or its rate is too low for ``high``.
        """
        self._edge(sampled_modality(modalities, self.modality)[1])
        return modalities

    def transform(self, recording: Recording) -> Recording:
        """Return the recording with the band of its signal.

        Args:
            recording: the recording.

        Returns:
            The recording, its other signals unchanged.

        Raises:
            DataError: the signal's rate is too low for ``high``.
        """
        return change_signal(recording, self.modality, self._filtered)

    @property
    def is_causal(self) -> bool:
        return self.causal

    def transform_chunk(self, name: str, chunk: Signal, state: Any) -> tuple[Signal, Any]:
        return filter_chunk(chunk, self._sections(chunk.sfreq), state) if name == self.modality else (chunk, None)

    def _filtered(self, signal: Signal) -> Signal:
        edge = self._edge(signal.sfreq)
        if self.causal:
            return filter_causally(signal, self._sections(signal.sfreq))
        return filter_signal(signal, bandpass_taps(self.low, self.high, edge, signal.sfreq))

    def _sections(self, sfreq: float) -> Sections:
        return _butterworth(self.low, self.high, sfreq)

    def _edge(self, sfreq: float) -> float:
        """Return the width of the narrower edge.

        Returns:
            Hz.
        """
        room = sfreq / 2 - self.high
        if room <= 0:
            raise DataError(f"{sfreq:g} Hz is too low a rate for a band up to {self.high:g} Hz", field=self.modality)
        return min(max(self.low / 4, 2.0), self.low, max(self.high / 4, 2.0), room)


@lru_cache
def _butterworth(low: float, high: float, sfreq: float) -> Sections:
    """Compute the causal filter, once and not for every chunk.

    Returns:
        (2, 6) second-order sections.
    """
    from scipy.signal import butter

    sections: Sections = butter(2, (low, high), btype="bandpass", fs=sfreq, output="sos")
    return sections
