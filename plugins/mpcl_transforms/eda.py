"""Skin conductance in a window, split into what drifts and what responds (Boucsein, *Electrodermal Activity*, 2012).

    tonic = low-pass of x     phasic = x − tonic
    a response (SCR) is a peak of phasic whose height and prominence both reach the threshold

The tonic level and its slope say how aroused a person is, the responses how often something happens to them. They
are counted and summed per minute, so that the length of a window does not show.
"""

import numpy as np
from einops import rearrange
from jaxtyping import Float64, Int64

from mpcl_core.interfaces.components import WindowTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.values import Name, Positive
from mpcl_transforms.table import above_zero, declared, signal, with_table
from mpcl_transforms.trend import slope


class EDA(WindowTransform):
    """A table (c, 5) of each channel: tonic level (uS) and slope (uS a minute), responses a minute, their mean
    amplitude (uS, 0 where there is none), and the sum of their amplitudes a minute (uS).

    The units are those of a signal in uS. The amplitude of a response is its prominence: how far it stands out from
    the phasic signal around it, within the window.

    Args:
        modality: the signal.
        output: the table's name; as ``modality``, whose place it takes, where it is not given.
        cutoff: of the low-pass, in Hz; a window must hold a period of it.
        threshold: the least amplitude of a response, in uS.

    Raises:
        ValueError: ``cutoff`` or ``threshold`` is not a number above 0.
    """

    name = "eda"

    def __init__(
        self,
        *,
        modality: Name = "gsr",
        output: Name | None = None,
        cutoff: Positive = 0.05,
        threshold: Positive = 0.05,
    ) -> None:
        self.modality, self.output = modality, output or modality
        self.cutoff, self.threshold = above_zero("cutoff", cutoff, "Hz"), above_zero("threshold", threshold, "uS")

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the table.

        Raises:
            DataError: there is no such signal, a window is too short for the low-pass, the rate is too low for it,
                or the table's name is taken.
        """
        _, sfreq, n_times = signal(modalities, self.modality)
        if n_times < sfreq / self.cutoff:
            raise DataError(
                f"a window of {n_times / sfreq:g} s holds no period of {self.cutoff:g} Hz", field=self.modality
            )
        if sfreq <= 2 * self.cutoff:
            raise DataError(f"{sfreq:g} Hz is too slow for a cutoff of {self.cutoff:g} Hz", field=self.modality)
        return declared(modalities, self.modality, self.output, 5)

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: as `outputs`.
        """
        self.outputs(windows.modalities)
        _, sfreq, _ = signal(windows.modalities, self.modality)
        X = windows.X[self.modality]
        values = self._measured(rearrange(X, "N c t -> (N c) t").astype(np.float64), sfreq)
        table = rearrange(values, "(N c) f -> N c f", c=X.shape[1])
        return with_table(windows, self.modality, self.output, table, np.ones(len(windows), bool))

    def _measured(self, x: Float64[np.ndarray, "R t"], sfreq: float) -> Float64[np.ndarray, "R 5"]:
        minutes = x.shape[1] / sfreq / 60
        tonic = self._tonic(x, sfreq)
        row, amplitude = _responses(x - tonic, self.threshold)
        count = np.bincount(row, minlength=len(x)).astype(np.float64)
        total = np.bincount(row, amplitude, minlength=len(x))
        columns = [tonic.mean(1), slope(tonic, sfreq * 60), count / minutes, total / count.clip(1), total / minutes]
        return np.stack(columns, axis=1)

    def _tonic(self, x: Float64[np.ndarray, "R t"], sfreq: float) -> Float64[np.ndarray, "R t"]:
        from scipy.signal import butter, sosfiltfilt

        sections = butter(2, self.cutoff, fs=sfreq, output="sos")
        tonic: Float64[np.ndarray, "R t"] = sosfiltfilt(sections, x, axis=1, padlen=round(sfreq / self.cutoff) - 1)
        return tonic


def _responses(
    phasic: Float64[np.ndarray, "R t"], threshold: float
) -> tuple[Int64[np.ndarray, "P"], Float64[np.ndarray, "P"]]:
    """The row and the amplitude of each response. A wall between rows keeps a prominence within its row."""
    from scipy.signal import find_peaks, peak_prominences

    wall = phasic.max() + 1.0
    flat = np.pad(phasic, ((0, 0), (1, 1)), constant_values=wall).ravel()
    peaks, _ = find_peaks(flat, height=(threshold, wall - 0.5))
    amplitude = peak_prominences(flat, peaks)[0]
    kept = amplitude >= threshold
    return peaks[kept] // (phasic.shape[1] + 2), amplitude[kept]
