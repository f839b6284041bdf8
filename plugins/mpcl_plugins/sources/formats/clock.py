"""Map time stamps to a regular grid: gaps become missing samples, drift is resampled, and jitter changes nothing.

A gap is decided on cumulated time: the stamps minus the time that the samples need. A late, early or doubled stamp
leaves that difference as it was a few samples later; a lost sample does not.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.gaps import cumulate_gaps, estimate_interval
from mpcl_plugins.sources.formats.interpolation import interpolate
from mpcl_plugins.sources.formats.signal_file import Timing

TOLERANCE = 0.005
"""How far, relatively, a rate that is measured from time stamps may be from the one that was declared."""

_STRETCHED = 100  # times: a file that lasts so much longer than its samples do is damaged
_DISORDERED = 0.1  # the share of time stamps that may be doubled or out of order where a file states times itself
_EXACT = 0.5  # samples by which the stamps may leave the declared grid before the values are resampled
_SET_BACK = 1.0  # seconds by which a clock goes back where it was set; less is disorder
_HOUR = 3600  # seconds
_KNOTS = 512  # samples between two knots of a drift that is not constant


@dataclass(frozen=True)
class Grid:
    """Hold a regular grid of the declared rate and where the rows of a file lie on it.

    Args:
        place: (T,) the index of each row among the samples that the device took, lost ones included; the first is 0.
        sfreq: the rate of the grid in Hz.
        rate: the effective rate in Hz, by the time stamps.
        begin: seconds from the first time stamp to the first sample, without the jitter of the stamp.
        position: (T,) where each row lies on the grid, in its samples; None where that is ``place``.
    """

    place: Int64[np.ndarray, "T"]
    sfreq: float
    rate: float
    begin: float = 0.0
    position: Float64[np.ndarray, "T"] | None = None

    @property
    def timing(self) -> Timing:
        """Return the drift and the gaps."""
        lost = np.diff(self.place) - 1
        drift = (self.rate / self.sfreq - 1) * 1e6
        return Timing(drift, self.position is not None, int(np.count_nonzero(lost)), float(lost.sum() / self.rate))

    def rows(self, wanted: slice) -> tuple[int, int]:
        """Return the range of rows of the file that the wanted samples need.

        Args:
            wanted: a range of the grid.

        Returns:
            The first row, and the row behind the last.
        """
        first, last = self._bounds(wanted)
        if self.position is None:
            first, last = np.searchsorted(self.place, (first, last)).tolist()
            return first, last
        row, end = np.searchsorted(self.position, (first, last)).tolist()
        return max(row - 2, 0), min(end + 2, len(self.place))

    def filled(self, values: Shaped[np.ndarray, "n c"], wanted: slice) -> Float64[np.ndarray, "m c"]:
        """Return the wanted samples, NaN where the file has none.

        Args:
            values: (n, c) numbers of any type, those of `rows`.
            wanted: the samples, as far as the file goes.

        Returns:
            (m, c) samples of the grid.
        """
        first, last = self._bounds(wanted)
        row, _ = self.rows(wanted)
        of_rows = slice(row, row + len(values))
        if self.position is not None:
            samples = np.arange(first, max(first, last))
            return interpolate(values, self.position[of_rows], self.place[of_rows], samples)
        filled = np.full((max(last - first, 0), values.shape[1]), np.nan)
        with np.errstate(invalid="ignore"):  # a NaN of some kinds
            filled[self.place[of_rows] - first] = values
        return filled

    def _bounds(self, wanted: slice) -> tuple[int, int]:
        end = int(self.place[-1]) if self.position is None else int(np.floor(self.position[-1] + _EXACT))
        first, last, _ = wanted.indices(end + 1)
        return first, last


def measured_rate(times: Float64[np.ndarray, "T"], path: Path, field: str, disorder: float = _DISORDERED) -> float:
    """Return the sampling rate of time stamps, gaps left out.

    Args:
        times: (T,) seconds.
        path: the file, for errors.
        field: the name of the signal, for errors.
        disorder: the share of time stamps that may be doubled or out of order.

    Returns:
        Samples a second.

    Raises:
        DataError: there are fewer than two time stamps, they do not increase, or were set back.
    """
    return _rate_and_places(times, path, field, disorder)[0]


def fit_grid(
    times: Float64[np.ndarray, "T"], sfreq: float, path: Path, field: str, disorder: float = _DISORDERED
) -> Grid:
    """Return the grid of time stamps.

    Args:
        times: (T,) seconds.
        sfreq: the rate of the grid in Hz.
        path: the file, for errors.
        field: the name of the signal, for errors.
        disorder: the share of time stamps that may be doubled or out of order.

    Returns:
        The grid.

    Raises:
        DataError: the time stamps do not increase, have another rate, or were set back.
    """
    rate, place = _rate_and_places(times, path, field, disorder)
    if abs(rate - sfreq) > TOLERANCE * sfreq:
        message = f"the time stamps have {rate:.6g} Hz, but {sfreq:g} Hz were declared; declare {rate:.6g}"
        raise DataError(message, path, field)
    late = (times - times[0]) * rate - place  # jitter and drift that is not constant, in samples
    level = float(np.median(late[:_KNOTS]))
    jitter = float(np.median(np.abs(late - np.median(late)))) * 1.4826
    curve = _smoothed(late - level)
    exact = max(_EXACT, jitter)
    drift = place * (sfreq / rate - 1)
    if np.abs(drift + curve).max() <= exact:
        return Grid(place, sfreq, rate, level / rate)
    position = place * (sfreq / rate)
    if np.abs(curve).max() > exact:
        position = np.maximum.accumulate(position + curve)
    return Grid(place, sfreq, rate, level / rate, position - position[0])


def _rate_and_places(
    times: Float64[np.ndarray, "T"], path: Path, field: str, disorder: float
) -> tuple[float, Int64[np.ndarray, "T"]]:
    if len(times) < 2:
        raise DataError(f"{len(times)} time stamps are too few for a rate", path, field)
    step = np.diff(times)
    if not np.isfinite(step).all() or np.mean(~(step > 0)) > disorder or not np.median(step) > 0:
        row = int(np.flatnonzero(~(np.isfinite(step) & (step > 0)))[0]) + 1
        message = f"time stamps must increase, but {times[row]:.12g} s follows {times[row - 1]:.12g} s"
        raise DataError(message, path, field, row)
    interval = estimate_interval(times)
    if times[-1] - times[0] > _STRETCHED * interval * len(times):
        row = int(np.argmax(step)) + 1
        raise DataError(f"a gap of {step.max():.6g} s is too long for one file", path, field, row)
    lost = cumulate_gaps(times, interval)
    place = np.arange(len(times)) + lost
    refined = _slope(times, place)
    if abs(refined / interval - 1) > 1e-4:  # the first estimate of the interval decides the size of long gaps
        place = np.arange(len(times)) + cumulate_gaps(times, refined)
        refined = _slope(times, place)
    if abs(refined / interval - 1) > TOLERANCE and (back := -step.min()) > _SET_BACK:
        is_hour = abs(back - _HOUR) <= 2 * interval
        summer = " (the end of summer time? Write times in UTC or with their offset)" if is_hour else ""
        message = f"the clock was set back by {back:.6g} s{summer}; cut the file there, or correct the time stamps"
        raise DataError(message, path, field, int(np.argmin(step)) + 1)
    return 1 / refined, place


def _slope(times: Float64[np.ndarray, "T"], place: Int64[np.ndarray, "T"]) -> float:
    centred = place - place.mean()
    return float(centred @ (times - times[0]) / (centred @ centred))


def _smoothed(late: Float64[np.ndarray, "T"]) -> Float64[np.ndarray, "T"]:
    """Return the slow course of a deviation: medians of blocks, with straight lines between their centres.

    Returns:
        (T,) numbers.
    """
    edges = np.arange(0, max(len(late) - _KNOTS, 0) + 1, _KNOTS)
    if len(edges) < 2:
        return np.zeros(len(late))
    levels = [float(np.median(late[edge : edge + _KNOTS])) for edge in edges]
    return np.interp(np.arange(len(late)), edges + _KNOTS / 2, levels)
