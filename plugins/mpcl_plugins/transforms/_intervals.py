"""Measure the intervals RR between the beats of many windows at once (Task Force, 1996).

An RR is normal if it lasts 0.3 to 2 s and is no further than 30 % from the window's median. ΔRR is the difference of
two normal intervals that follow one another.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64

from mpcl_plugins.transforms._beats import REFRACTORY

Measure = Literal["rate", "sdnn", "rmssd", "pnn50", "pnn20", "quality"]
LONGEST = 2.0
"""Seconds between beats above which one was missed."""
DEVIATION = 0.3
"""Of the window's median interval: how far a normal interval may be from it."""


def measure_intervals(
    row: Int64[np.ndarray, "B"], time: Float64[np.ndarray, "B"], n: int, seconds: float, fewest: int
) -> dict[Measure, Float64[np.ndarray, "n"]]:
    """Return each measure of n windows, NaN in those with fewer than ``fewest`` ΔRR.

    Args:
        row: (B,) the window of each beat, as `find_beats` returns it.
        time: (B,) the time of each beat in seconds.
        n: the number of windows.
        seconds: the length of a window.
        fewest: the fewest ΔRR that a window needs.

    Returns:
        Measure -> (n,): rate in beats a minute, SDNN and RMSSD in ms, the others as shares.
    """
    RR, at = np.diff(time), row[1:]
    normal = _normal(RR, row[1:] == row[:-1], at)
    delta, pair = np.abs(np.diff(RR)), normal[1:] & normal[:-1]
    count, steps = _sum(normal, np.ones(len(RR)), at, n), _sum(pair, np.ones(len(delta)), at[1:], n)
    covered = _sum(normal, RR, at, n)
    mean = covered / count.clip(1)
    variance = _sum(normal, np.square(RR - mean[at]), at, n) / (count - 1).clip(1)
    squared, above_50, above_20 = (
        _sum(pair, values, at[1:], n) / steps.clip(1)
        for values in (np.square(delta), (delta > 0.05).astype(np.float64), (delta > 0.02).astype(np.float64))
    )
    found: dict[Measure, Float64[np.ndarray, n]] = {
        "rate": 60 / np.where(count > 0, mean, 1.0),
        "sdnn": 1e3 * np.sqrt(variance),
        "rmssd": 1e3 * np.sqrt(squared),
        "pnn50": above_50,
        "pnn20": above_20,
        "quality": covered / seconds,
    }
    return {name: np.where(steps >= fewest, values, np.nan) for name, values in found.items()}


def _normal(
    RR: Float64[np.ndarray, "I"], within: Bool[np.ndarray, "I"], at: Int64[np.ndarray, "I"]
) -> Bool[np.ndarray, "I"]:
    possible = within & (RR >= REFRACTORY) & (RR <= LONGEST)
    if not possible.any():
        return possible
    median = _medians(RR[possible], at[possible], int(at.max()) + 1)[at]
    normal: np.ndarray = possible & (np.abs(RR - median) <= DEVIATION * median)
    return normal


def _medians(values: Float64[np.ndarray, "V"], at: Int64[np.ndarray, "V"], n: int) -> Float64[np.ndarray, "n"]:
    """Return the (upper) median of the values of each of n windows; 0 where a window has none.

    Returns:
        (n,) medians.
    """
    ordered = values[np.lexsort((values, at))]
    count = np.bincount(at, minlength=n)
    middle = np.cumsum(count) - count + count // 2
    return np.where(count > 0, ordered[middle.clip(max=len(ordered) - 1)], 0.0)


def _sum(
    mask: Bool[np.ndarray, "V"], values: Float64[np.ndarray, "V"], at: Int64[np.ndarray, "V"], n: int
) -> Float64[np.ndarray, "n"]:
    return np.bincount(at[mask], values[mask], minlength=n).astype(np.float64)
