"""Resample a recording's signal: up by p, low-pass, down by q, in one polyphase filter (scipy).

f' = f p / q,  sample i of the result stands i / f' seconds after the signal's start

With ``causal`` the filter uses earlier samples only (`_polyphase`), so that a live signal can be resampled.
"""

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Int64

from mpcl_core.plugin import (
    DataError,
    Modality,
    Name,
    Positive,
    Recording,
    RecordingTransform,
    Signal,
    change_channels,
)
from mpcl_plugins.transforms._gaps import bridge_gaps
from mpcl_plugins.transforms._polyphase import resample_causally, resample_chunk
from mpcl_plugins.transforms._recording import change_signal, sampled_modality
from mpcl_plugins.transforms._table import check_positive

_BLOCK = 2**18  # samples of a channel at a time
_LARGEST = 10_000  # of p and q: the filter has 20 times as many coefficients


class Resample(RecordingTransform):
    """Resample the signal to ``sfreq``, and remove frequencies above half of either rate.

    The signal does not become longer, and its start keeps its time. A line from the first to the last sample is
    subtracted before and added after, so that neither the level nor an end causes a ripple. A sample of the result is a
    dropout (NaN) where one of the signal lies next to it or, at a lower rate, within half an interval of it.

    With ``causal`` the result is delayed by ten samples at the lower of the two rates; before its first sample
    the signal counts as constant.

    Args:
        modality: the signal.
        sfreq: the new rate in Hz.
        causal: resample with a delay and without later samples, as live signals need it.

    Raises:
        ValueError: ``sfreq`` is not a number above 0.
    """

    name = "resample"

    def __init__(self, *, modality: Name, sfreq: Positive, causal: bool = False) -> None:
        self.modality, self.sfreq, self.causal = modality, check_positive("sfreq", sfreq, "Hz"), causal

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

    @property
    def is_causal(self) -> bool:
        return self.causal

    def transform_chunk(self, name: str, chunk: Signal, state: Any) -> tuple[Signal, Any]:
        if name != self.modality:
            return chunk, None
        ratio = self._ratio(chunk.sfreq)
        made, state = resample_chunk(chunk, ratio.numerator, ratio.denominator, state)
        return replace(made, sfreq=self.sfreq), state

    def _ratio(self, sfreq: float) -> Fraction:
        ratio = Fraction(self.sfreq / sfreq).limit_denominator(_LARGEST)
        if ratio.numerator > _LARGEST or abs(float(ratio) * sfreq / self.sfreq - 1) > 1e-9:
            raise DataError(
                f"{sfreq:g} Hz and {self.sfreq:g} Hz are not in a ratio of whole numbers up to {_LARGEST}",
                field=self.modality,
            )
        return ratio

    def _resampled(self, signal: Signal) -> Signal:
        ratio = self._ratio(signal.sfreq)
        n = signal.values.shape[1] * ratio.numerator // ratio.denominator
        if not n:
            return Signal(signal.values[:, :0], self.sfreq, signal.start)
        if self.causal:
            return resample_causally(signal, ratio.numerator, ratio.denominator, self.sfreq)
        values = change_channels(signal.values, lambda x: _resample_channels(x, ratio, n), n)
        return Signal(values, self.sfreq, signal.start)


def _resample_channels(values: Float32[np.ndarray, "c T"], ratio: Fraction, n: int) -> Float32[np.ndarray, "c t"]:
    """Return the first n samples of channels at the new rate, computed a block of time after the other.

    Returns:
        (c, t) samples.
    """
    from scipy.signal import resample_poly

    x, missing = bridge_gaps(values)
    p, q = ratio.numerator, ratio.denominator
    margin = q * ceil((10 * max(p, q) / p + 1) / q)  # scipy's filter reaches 10 max(p, q) / p samples
    n_times = x.shape[1]
    step = q * max(_BLOCK // q, 1) if n_times > 2 * _BLOCK else n_times
    y = np.empty((len(x), n), np.float32)
    for begin in range(0, n_times, step):
        first, last = max(begin - margin, 0), min(begin + step + margin, n_times)
        start, stop, skip = begin * p // q, n if begin + step >= n_times else (begin + step) * p // q, first * p // q
        made = resample_poly(x[:, first:last] - _line(x, first, last), p, q, axis=1)
        i = np.arange(start, stop)
        y[:, start:stop] = made[:, start - skip : stop - skip]
        y[:, start:stop] += x[:, :1] + (x[:, -1:] - x[:, :1]) * (i / float(ratio) / max(n_times - 1, 1))
        if missing.any():
            y[:, start:stop][_nearby(missing, i, 1 / ratio)] = np.nan
    return y


def _line(x: Float32[np.ndarray, "c T"], first: int, last: int) -> Float32[np.ndarray, "c n"]:
    """Return the samples ``first`` to before ``last`` of the line from the first to the last sample.

    Returns:
        (c, n) samples, equal to those of ``numpy.linspace``.
    """
    n_times = x.shape[1]
    begin, rise, steps = x[:, :1], x[:, -1:] - x[:, :1], np.float32(max(n_times - 1, 1))
    i = np.arange(first, last, dtype=np.float32)
    line: Float32[np.ndarray, "c n"] = begin + (i / steps * rise if (rise / steps == 0).any() else i * (rise / steps))
    if last == n_times and n_times > 1:
        line[:, -1:] = x[:, -1:]
    return line


def _nearby(missing: Bool[np.ndarray, "c T"], i: Int64[np.ndarray, "t"], step: Fraction) -> Bool[np.ndarray, "c t"]:
    """Return whether a sample is missing next to i steps, or within half a ``step`` of them.

    Returns:
        (c, t), True where one is missing.
    """
    p, q = step.numerator, step.denominator
    first = np.minimum(i * p // q, -((1 - 2 * i) * p // (2 * q))).clip(0)
    last = np.maximum(-(-i * p // q), (2 * i + 1) * p // (2 * q)).clip(max=missing.shape[1] - 1)
    before = np.pad(np.cumsum(missing, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    near: Bool[np.ndarray, "c t"] = before[:, last + 1] > before[:, first]
    return near
