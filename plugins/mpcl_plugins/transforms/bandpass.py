"""Keeps a band of a recording's signal and takes drifts, the level and noise away: a linear-phase filter, no delay.

The filter's edges are as wide as MNE-Python makes them: a quarter of the frequency, at least 2 Hz, but never past 0
or past half the sampling rate; the narrower of the two counts. `_fir` says how it is computed.
"""

from mpcl_core.plugin import DataError, Modality, Name, Positive, Recording, RecordingTransform
from mpcl_plugins.transforms._fir import filtered, taps
from mpcl_plugins.transforms._recording import sampled, with_signal
from mpcl_plugins.transforms._table import above_zero


class Bandpass(RecordingTransform):
    """The band from ``low`` to ``high`` of every channel, where the gain is ½ at both ends.

    The whole recording is filtered before windows are cut, so only its own ends are extended (by reflection). A
    dropout (NaN) stays one. The filter reaches 1.65 / (width of its narrower edge) seconds to either side: 3.3 s for
    ``low`` = 0.5.

    Args:
        modality: the signal.
        low: in Hz.
        high: in Hz; below half the sampling rate.

    Raises:
        ValueError: ``low`` or ``high`` is not a number above 0, or ``low`` is not below ``high``.
    """

    name = "bandpass"

    def __init__(self, *, modality: Name, low: Positive, high: Positive) -> None:
        self.modality = modality
        self.low, self.high = above_zero("low", low, "Hz"), above_zero("high", high, "Hz")
        if low >= high:
            raise ValueError(f"low is {low} Hz, but must be below high, {high} Hz")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities as they are.

        Raises:
            DataError: there is no such signal, or its rate is too low for ``high``.
        """
        self._edge(sampled(modalities, self.modality)[1])
        return modalities

    def transform(self, recording: Recording) -> Recording:
        """The recording with the band of its signal.

        Raises:
            DataError: the signal's rate is too low for ``high``.
        """
        return with_signal(
            recording,
            self.modality,
            lambda signal: filtered(signal, taps(self.low, self.high, self._edge(signal.sfreq), signal.sfreq)),
        )

    def _edge(self, sfreq: float) -> float:
        """The width of the narrower edge in Hz."""
        room = sfreq / 2 - self.high
        if room <= 0:
            raise DataError(f"{sfreq:g} Hz is too slow for a band up to {self.high:g} Hz", field=self.modality)
        return min(max(self.low / 4, 2.0), self.low, max(self.high / 4, 2.0), room)
