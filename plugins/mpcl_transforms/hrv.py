"""Heart rate and its variability in a window, from a pulse wave or an electrocardiogram (Task Force, 1996).

    rate = 60 / mean(RR)   SDNN = sd(RR)   RMSSD = √mean(ΔRR²)   pNN50 = share of |ΔRR| > 50 ms

RR are the intervals between beats (`beats`) that can be normal: of 0.3 to 2 s, and no further than 30 % from the
window's median. ΔRR is the difference of two normal intervals that follow one another. Quality is the share of the
window's time that normal intervals cover.
"""

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float64, Int64

from mpcl_core.interfaces.components import WindowTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.values import Count, Name
from mpcl_transforms.beats import REFRACTORY, Kind, find_beats, least_rate
from mpcl_transforms.table import declared, signal, with_table

LONGEST = 2.0
"""Seconds between beats above which one was missed."""
DEVIATION = 0.3
"""Of the window's median interval: how far a normal interval may be from it."""


class HRV(WindowTransform):
    """A table (c, 5) of each channel: rate in beats a minute, SDNN and RMSSD in ms, pNN50 and quality as shares.

    None of them grows with the length of the window. Where a channel has too few beats, the table is absent.

    Args:
        modality: the signal.
        output: the table's name; as ``modality``, whose place it takes, where it is not given.
        kind: what the signal is, ``ppg`` (also called BVP) or ``ecg``.
        beats: the fewest differences ΔRR that a window needs.
    """

    name = "hrv"

    def __init__(
        self, *, modality: Name = "ppg", output: Name | None = None, kind: Kind = "ppg", beats: Count = 10
    ) -> None:
        self.modality, self.output, self.kind, self.beats = modality, output or modality, kind, beats

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the table.

        Raises:
            DataError: there is no such signal, its rate is too low for a beat, or the table's name is taken.
        """
        _, sfreq, _ = signal(modalities, self.modality)
        if sfreq <= least_rate(self.kind):
            raise DataError(f"{sfreq:g} Hz; beats need more than {least_rate(self.kind):g} Hz", field=self.modality)
        return declared(modalities, self.modality, self.output, 5)

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: as `outputs`.
        """
        self.outputs(windows.modalities)
        _, sfreq, n_times = signal(windows.modalities, self.modality)
        X = windows.X[self.modality]
        rows = rearrange(X, "N c t -> (N c) t").astype(np.float64)
        values, enough = _measured(*find_beats(rows, sfreq, self.kind), len(rows), n_times / sfreq, self.beats)
        c = X.shape[1]
        table = rearrange(values, "(N c) f -> N c f", c=c)
        measured = np.asarray(rearrange(enough, "(N c) -> N c", c=c).all(1))
        return with_table(windows, self.modality, self.output, table, measured)


def _measured(
    row: Int64[np.ndarray, "B"], time: Float64[np.ndarray, "B"], n: int, seconds: float, beats: int
) -> tuple[Float64[np.ndarray, "n 5"], Bool[np.ndarray, "n"]]:
    """The five features of each of n windows, and which windows have beats enough."""
    RR, at = np.diff(time), row[1:]
    normal = _normal(RR, row[1:] == row[:-1], at)
    delta, pair = np.diff(RR), normal[1:] & normal[:-1]
    count, steps = (_sum(mask, np.ones(len(mask)), place, n) for mask, place in ((normal, at), (pair, at[1:])))
    covered = _sum(normal, RR, at, n)
    mean = covered / count.clip(1)
    variance = _sum(normal, np.square(RR - mean[at]), at, n) / (count - 1).clip(1)
    squared = _sum(pair, np.square(delta), at[1:], n) / steps.clip(1)
    jumps = _sum(pair, (np.abs(delta) > 0.05).astype(np.float64), at[1:], n) / steps.clip(1)
    rate = 60 / np.where(count > 0, mean, 1.0)
    values = np.stack([rate, 1e3 * np.sqrt(variance), 1e3 * np.sqrt(squared), jumps, covered / seconds], axis=1)
    return values, steps >= beats


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
    """The (upper) median of the values of each of n rows; 0 where a row has none."""
    ordered = values[np.lexsort((values, at))]
    count = np.bincount(at, minlength=n)
    middle = np.cumsum(count) - count + count // 2
    return np.where(count > 0, ordered[middle.clip(max=len(ordered) - 1)], 0.0)


def _sum(
    mask: Bool[np.ndarray, "V"], values: Float64[np.ndarray, "V"], at: Int64[np.ndarray, "V"], n: int
) -> Float64[np.ndarray, "n"]:
    return np.bincount(at[mask], values[mask], minlength=n).astype(np.float64)
