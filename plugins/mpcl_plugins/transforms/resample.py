"""Resample a recording's signal: up by p, low-pass, down by q, in one polyphase filter (scipy).

f' = f p / q,  sample i of the result stands i / f' seconds after the signal's start
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from jaxtyping import Bool, Int64

from mpcl_core.plugin import DataError, Modality, Name, Positive, Recording, RecordingTransform, Signal
from mpcl_plugins.transforms._gaps import bridge_gaps
from mpcl_plugins.transforms._recording import change_signal, sampled_modality
from mpcl_plugins.transforms._table import check_positive

_LARGEST = 10_000  # of p and q: the filter has 20 times as many coefficients


class Resample(RecordingTransform):
    """Resample the signal to ``sfreq``, and remove frequencies above half of either rate.

    The signal does not become longer, and its start keeps its time. A line from the first to the last sample is
    subtracted before and added after, so that neither the level nor an end causes a ripple. A sample of the result is a
    dropout (NaN) where one of the signal lies next to it or, at a lower rate, within half an interval of it.

    Args:
        modality: the signal.
        sfreq: the new rate in Hz.

    Raises:
        ValueError: ``sfreq`` is not a number above 0.
    """

    name = "resample"

    def __init__(self, *, modality: Name, sfreq: Positive) -> None:
        self.modality, self.sfreq = modality, check_positive("sfreq", sfreq, "Hz")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities with the new rate.

        Args:
            modalities: the modalities of the study.

        Returns:
            The modalities after the transform.

        Raises:
            DataError: there is no such signal, or the ratio of its rate to the new one is not one of whole numbers.
        """
        found, sfreq = sampled_modality(modalities, self.modality)
        self._ratio(sfreq)
        return tuple(replace(found, sfreq=self.sfreq) if one is found else one for one in modalities)

    def transform(self, recording: Recording) -> Recording:
        """Return the recording with its signal at the new rate.

        Args:
            recording: the recording.

        Returns:
            The recording, its other signals unchanged.

        Raises:
            DataError: the ratio of the signal's rate to the new one is not one of whole numbers.
        """
        return change_signal(recording, self.modality, self._resampled)

    def _ratio(self, sfreq: float) -> Fraction:
        ratio = Fraction(self.sfreq / sfreq).limit_denominator(_LARGEST)
        if ratio.numerator > _LARGEST or abs(float(ratio) * sfreq / self.sfreq - 1) > 1e-9:
            raise DataError(
                f"{sfreq:g} Hz and {self.sfreq:g} Hz are not in a ratio of whole numbers up to {_LARGEST}",
                field=self.modality,
            )
        return ratio

    def _resampled(self, signal: Signal) -> Signal:
        from scipy.signal import resample_poly

        ratio = self._ratio(signal.sfreq)
        x, missing = bridge_gaps(signal.values)
        n = x.shape[1] * ratio.numerator // ratio.denominator
        if not n:
            return Signal(x[:, :0], self.sfreq, signal.start)
        line = np.linspace(x[:, 0], x[:, -1], x.shape[1], axis=1, dtype=np.float32)
        y = resample_poly(x - line, ratio.numerator, ratio.denominator, axis=1)[:, :n]
        y += x[:, :1] + (x[:, -1:] - x[:, :1]) * (np.arange(n) / float(ratio) / max(x.shape[1] - 1, 1))
        if missing.any():
            y[_nearby(missing, np.arange(n), 1 / ratio)] = np.nan
        return Signal(y, self.sfreq, signal.start)


def _nearby(missing: Bool[np.ndarray, "c T"], i: Int64[np.ndarray, "t"], step: Fraction) -> Bool[np.ndarray, "c t"]:
    """Return whether a sample is missing next to i steps, or within half a ``step`` of them.

    Returns:
        (c, t), True where one is missing.
    """
    p, q = step.numerator, step.denominator
    first = np.minimum(i * p // q, -((1 - 2 * i) * p // (2 * q))).clip(0)
    last = np.maximum(-(-i * p // q), (2 * i + 1) * p // (2 * q)).clip(max=missing.shape[1] - 1)
    before = np.pad(np.cumsum(missing, axis=1), ((0, 0), (1, 0)))
    near: Bool[np.ndarray, "c t"] = before[:, last + 1] > before[:, first]
    return near
