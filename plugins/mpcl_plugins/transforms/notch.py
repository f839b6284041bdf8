"""Remove mains hum from a recording's signal, at its frequency and its multiples.

    y = x − Σ_i (what a band-pass of ``width`` around i · ``frequency`` lets through)

The band-passes have a linear phase and no delay (`_fir`), so their difference from x is a band-stop of which the same
is true: its gain is exactly 0 at i · ``frequency``, and a constant passes unchanged. With ``causal`` the band-stops are
recursive filters of order 2 instead (scipy's ``iirnotch``; `_causal`), which can be used live.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import (
    Count,
    DataError,
    Modality,
    Name,
    Positive,
    Recording,
    RecordingTransform,
    Signal,
    change_channels,
)
from mpcl_plugins.transforms._causal import Sections, filter_causally, filter_chunk
from mpcl_plugins.transforms._fir import bandpass_taps, filter_channels
from mpcl_plugins.transforms._recording import change_signal, sampled_modality
from mpcl_plugins.transforms._table import check_positive


class Notch(RecordingTransform):
    """Remove the bands of ``width`` around ``frequency`` and its multiples from every channel.

    The gain is ½ at a band's ends and below 0.005 in its middle half; the mains frequency varies by less. A dropout
    (NaN) remains one. The filter reaches 3.3 / ``width`` seconds to either side. With ``causal`` the gain is 0.71 at a
    band's ends and 0 at its centre, and only earlier samples are used.

    Args:
        modality: the signal.
        frequency: of the mains, in Hz: 50, or 60 in the Americas.
        harmonics: how many multiples are removed, the first being the frequency itself.
        width: of a band, in Hz.
        causal: filter with a delay and without later samples, as live signals need it.

    Raises:
        ValueError: ``frequency`` or ``width`` is not a number above 0, ``harmonics`` is below 1, or a band would
            reach down to 0 Hz.
    """

    name = "notch"

    def __init__(
        self,
        *,
        modality: Name,
        frequency: Positive = 50.0,
        harmonics: Count = 1,
        width: Positive = 2.0,
        causal: bool = False,
    ) -> None:
        self.modality, self.harmonics, self.causal = modality, harmonics, causal
        self.frequency, self.width = check_positive("frequency", frequency, "Hz"), check_positive("width", width, "Hz")
        if harmonics < 1:
            raise ValueError(f"harmonics is {harmonics}, but must be at least 1")
        if width >= frequency:
            raise ValueError(f"width is {width} Hz, but must be below frequency, {frequency} Hz")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities unchanged.

        Args:
            modalities: the modalities of the study.

        Returns:
            The same modalities.

        Raises:
            DataError: there is no such signal, or its rate is too low for the highest band.
        """
        self._require(sampled_modality(modalities, self.modality)[1])
        return modalities

    def transform(self, recording: Recording) -> Recording:
        """Return the recording without the hum.

        Args:
            recording: the recording.

        Returns:
            The recording, its other signals unchanged.

        Raises:
            DataError: the signal's rate is too low for the highest band.
        """
        return change_signal(recording, self.modality, self._without_hum)

    @property
    def is_causal(self) -> bool:
        return self.causal

    def transform_chunk(self, name: str, chunk: Signal, state: Any) -> tuple[Signal, Any]:
        return filter_chunk(chunk, self._sections(chunk.sfreq), state) if name == self.modality else (chunk, None)

    def _without_hum(self, signal: Signal) -> Signal:
        if not signal.values.shape[1]:
            return signal
        if self.causal:
            return filter_causally(signal, self._sections(signal.sfreq))
        taps = self._taps(signal.sfreq)
        values = change_channels(signal.values, lambda x: x - filter_channels(x, taps), signal.values.shape[1])
        return replace(signal, values=values)

    def _taps(self, sfreq: float) -> Float64[np.ndarray, "L"]:
        self._require(sfreq)
        centres = self.frequency * np.arange(1, self.harmonics + 1)
        bands = [bandpass_taps(f - self.width / 2, f + self.width / 2, self.width / 2, sfreq) for f in centres]
        h: Float64[np.ndarray, L] = np.sum(bands, axis=0)
        return h

    def _sections(self, sfreq: float) -> Sections:
        self._require(sfreq)
        return _band_stops(self.frequency, self.harmonics, self.width, sfreq)

    def _require(self, sfreq: float) -> None:
        highest = self.frequency * self.harmonics + self.width / 2
        if highest >= sfreq / 2:
            raise DataError(f"{sfreq:g} Hz is too low a rate for a band up to {highest:g} Hz", field=self.modality)


@lru_cache
def _band_stops(frequency: float, harmonics: int, width: float, sfreq: float) -> Sections:
    """Compute the causal filters, once and not for every chunk.

    Returns:
        (harmonics, 6) second-order sections.
    """
    from scipy.signal import iirnotch, tf2sos

    centres = frequency * np.arange(1, harmonics + 1)
    return np.concatenate([tf2sos(*iirnotch(f, f / width, fs=sfreq)) for f in centres])
