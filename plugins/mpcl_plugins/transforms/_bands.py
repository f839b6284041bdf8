"""Check frequency bands of a window, and take the logarithm of their power."""

from math import isfinite

import numpy as np
from jaxtyping import Float

from mpcl_core.plugin import DataError, Modality, Positive
from mpcl_plugins.transforms._table import windowed_modality

Bands = tuple[tuple[Positive, Positive], ...]
EEG: Bands = ((1.0, 4.0), (4.0, 8.0), (8.0, 14.0), (14.0, 31.0), (31.0, 50.0))
"""Delta, theta, alpha, beta and gamma, in Hz."""


def check_bands(bands: Bands) -> Bands:
    """Return the bands after a check.

    Args:
        bands: lower and upper edge of each band in Hz.

    Returns:
        The bands themselves.

    Raises:
        ValueError: there is no band, or one does not rise from a number above 0.
    """
    if not bands:
        raise ValueError("bands is empty, but must hold at least one band")
    for low, high in bands:
        if not (isfinite(high) and 0 < low < high):
            raise ValueError(f"bands holds [{low}, {high}] Hz, but the edges of a band must rise from a number above 0")
    return bands


def require_bands(bands: Bands, modalities: tuple[Modality, ...], name: str) -> None:
    """Raise an error unless the windows of a signal can hold these bands.

    Args:
        bands: lower and upper edge of each band in Hz.
        modalities: the modalities of the study.
        name: the signal.

    Raises:
        DataError: there is no such signal, its rate is too low for a band, or a window is too short for one.
    """
    _, sfreq, n_times = windowed_modality(modalities, name)
    for low, high in bands:
        if high >= sfreq / 2:
            raise DataError(f"{sfreq:g} Hz is too low a rate for a band up to {high:g} Hz", field=name)
        if n_times * low < sfreq:
            raise DataError(f"a window of {n_times / sfreq:g} s does not hold one period of {low:g} Hz", field=name)


def log_power(power: Float[np.ndarray, "R f"], x: Float[np.ndarray, "R t"]) -> Float[np.ndarray, "R f"]:
    """Return ln of the power, NaN where there is none or where the signal never varies.

    The power of a signal that never varies is rounding.

    Args:
        power: (R, f) power of each signal in each band.
        x: (R, t) the signals.

    Returns:
        (R, f) logarithms.
    """
    measurable = (power > 0) & (x.max(1, keepdims=True) > x.min(1, keepdims=True))
    return np.where(measurable, np.log(np.where(measurable, power, 1.0)), np.nan)
