"""Frequency bands of a window: what the transforms that measure each of them have in common."""

from math import isfinite

import numpy as np
from jaxtyping import Float

from mpcl_core.plugin import DataError, Modality, Positive
from mpcl_plugins.transforms._table import signal

Bands = tuple[tuple[Positive, Positive], ...]
EEG: Bands = ((1.0, 4.0), (4.0, 8.0), (8.0, 14.0), (14.0, 31.0), (31.0, 50.0))
"""Delta, theta, alpha, beta and gamma, in Hz."""


def checked(bands: Bands) -> Bands:
    """The bands themselves.

    Raises:
        ValueError: there is none, or one does not rise from a number above 0.
    """
    if not bands:
        raise ValueError("bands is [], but must hold at least one")
    for low, high in bands:
        if not (isfinite(high) and 0 < low < high):
            raise ValueError(f"bands holds [{low}, {high}] Hz, but a band rises from a number above 0")
    return bands


def require(bands: Bands, modalities: tuple[Modality, ...], name: str) -> None:
    """Do nothing.

    Raises:
        DataError: there is no such signal, its rate is too low for a band, or a window too short for one.
    """
    _, sfreq, n_times = signal(modalities, name)
    for low, high in bands:
        if high >= sfreq / 2:
            raise DataError(f"{sfreq:g} Hz is too slow for a band up to {high:g} Hz", field=name)
        if n_times * low < sfreq:
            raise DataError(f"a window of {n_times / sfreq:g} s holds no period of {low:g} Hz", field=name)


def log(power: Float[np.ndarray, "R f"], x: Float[np.ndarray, "R t"]) -> Float[np.ndarray, "R f"]:
    """ln of the power; NaN where there is none, and in rows of x that never vary, whose power is rounding."""
    measurable = (power > 0) & (x.max(1, keepdims=True) > x.min(1, keepdims=True))
    return np.where(measurable, np.log(np.where(measurable, power, 1.0)), np.nan)
