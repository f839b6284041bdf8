"""Skin conductance in a window, split into a slow level and responses (Boucsein, *Electrodermal Activity*, 2012).

    tonic = low-pass of x     phasic = x − tonic
    a response (SCR) is a peak of phasic whose height and prominence both reach the threshold

The tonic level and its slope reflect how aroused a person is, the responses how often something happens to them. They
are counted and summed per minute, so that they do not depend on the length of a window.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float, Float64, Int64

from mpcl_core.plugin import DataError, Modality, Name, Positive, WindowSet
from mpcl_plugins.transforms._blocks import measure_in_blocks
from mpcl_plugins.transforms._table import TableTransform, check_positive, require_distinct, windowed_modality
from mpcl_plugins.transforms._trend import slope

_CONDUCTANCE = {"nS": 1e-3, "uS": 1.0, "mS": 1e3, "S": 1e6}

Measure = Literal["level", "slope", "responses", "amplitude", "sum", "phasic"]


class EDA(TableTransform):
    """Compute a table (c, f) of each channel's measures of skin conductance, in the order of ``features``.

    ``level`` and ``slope`` are the tonic signal's mean (uS) and trend (uS a minute); ``responses`` are counted a
    minute, ``amplitude`` is their mean (uS, 0 where there is none) and ``sum`` their sum a minute (uS); ``phasic`` is
    the phasic signal's standard deviation (uS). A signal in nS, mS or S is converted. The amplitude of a response
    is its prominence: how far it exceeds the phasic signal around it, within the window.

    Args:
        modality: the signal.
        output: the name of the table; by default ``modality``, which it then replaces.
        cutoff: of the low-pass, in Hz; a window must hold a period of it.
        threshold: the least amplitude of a response, in uS.
        features: which measures.

    Raises:
        ValueError: ``cutoff`` or ``threshold`` is not a number above 0, or ``features`` is empty or names one twice.
    """

    name = "eda"

    def __init__(
        self,
        *,
        modality: Name = "gsr",
        output: Name | None = None,
        cutoff: Positive = 0.05,
        threshold: Positive = 0.05,
        features: tuple[Measure, ...] = ("level", "slope", "responses", "amplitude", "sum"),
    ) -> None:
        require_distinct(features)
        super().__init__(modality, output, len(features))
        self.features = features
        self.cutoff = check_positive("cutoff", cutoff, "Hz")
        self.threshold = check_positive("threshold", threshold, "uS")

    def check(self, modalities: tuple[Modality, ...]) -> None:
        modality, sfreq, n_times = windowed_modality(modalities, self.modality)
        _microsiemens(modality)
        if n_times < sfreq / self.cutoff:
            raise DataError(
                f"a window of {n_times / sfreq:g} s does not hold one period of {self.cutoff:g} Hz", field=self.modality
            )
        if sfreq <= 2 * self.cutoff:
            raise DataError(f"{sfreq:g} Hz is too low a rate for a cutoff of {self.cutoff:g} Hz", field=self.modality)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        modality, sfreq, _ = windowed_modality(windows.modalities, self.modality)
        factor = _microsiemens(modality)
        return measure_in_blocks(
            lambda x: self._measured(factor * x.astype(np.float64), sfreq), windows.X[self.modality]
        )

    def _measured(self, x: Float64[np.ndarray, "R t"], sfreq: float) -> Float64[np.ndarray, "R f"]:
        minutes = x.shape[1] / sfreq / 60
        tonic = self._tonic(x, sfreq)
        phasic = x - tonic
        window, amplitude = _responses(phasic, self.threshold)
        count = np.bincount(window, minlength=len(x)).astype(np.float64)
        total = np.bincount(window, amplitude, minlength=len(x))
        found: dict[Measure, Float64[np.ndarray, R]] = {
            "level": tonic.mean(1),
            "slope": slope(tonic, sfreq * 60),
            "responses": count / minutes,
            "amplitude": total / count.clip(1),
            "sum": total / minutes,
            "phasic": phasic.std(1),
        }
        return np.stack([found[feature] for feature in self.features], axis=1)

    def _tonic(self, x: Float64[np.ndarray, "R t"], sfreq: float) -> Float64[np.ndarray, "R t"]:
        from scipy.signal import butter, sosfiltfilt

        sections = butter(2, self.cutoff, fs=sfreq, output="sos")
        tonic: Float64[np.ndarray, "R t"] = sosfiltfilt(sections, x, axis=1, padlen=round(sfreq / self.cutoff) - 1)
        return tonic


def _microsiemens(modality: Modality) -> float:
    """Return what a signal is multiplied by to be in uS; 1 where its unit is not stated.

    Returns:
        The factor.

    Raises:
        DataError: the unit is not one of conductance.
    """
    if modality.unit.lower().endswith("ohm"):
        message = f"the unit is {modality.unit}, a resistance; convert it to a conductance (1 / x), in uS"
        raise DataError(message, field=modality.name)
    return _CONDUCTANCE.get(modality.unit, 1.0)


def _responses(
    phasic: Float64[np.ndarray, "R t"], threshold: float
) -> tuple[Int64[np.ndarray, "P"], Float64[np.ndarray, "P"]]:
    """Return the window and the amplitude of each response.

    A wall between the concatenated windows keeps a prominence within its window.

    Returns:
        (P,) the index of the window, and (P,) amplitudes in the unit of the signal.
    """
    from scipy.signal import find_peaks, peak_prominences

    wall = phasic.max() + 1.0
    flat = np.pad(phasic, ((0, 0), (1, 1)), constant_values=wall).ravel()
    peaks, _ = find_peaks(flat, height=(threshold, wall - 0.5))
    amplitude = peak_prominences(flat, peaks)[0]
    is_response = amplitude >= threshold
    return peaks[is_response] // (phasic.shape[1] + 2), amplitude[is_response]
