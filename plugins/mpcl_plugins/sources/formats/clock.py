"""Map time stamps to a regular grid, so that a gap becomes missing samples instead of a shift."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.plugin import DataError

TOLERANCE = 0.005
"""How far, relatively, a rate that is measured from time stamps may be from the one that was declared."""

_GAP = 1.75  # intervals between two stamps: one sample is missing (2), not only a stamp rounded (up to 1.6)
_STRETCHED = 100  # times: a file that lasts so much longer than its samples do is damaged


def measured_rate(times: Float64[np.ndarray, "T"], path: Path, field: str) -> float:
    """Return the sampling rate of time stamps, gaps left out.

    Args:
        times: (T,) seconds.
        path: the file, for errors.
        field: the name of the signal, for errors.

    Returns:
        Samples a second.

    Raises:
        DataError: there are fewer than two time stamps, or they do not increase.
    """
    if len(times) < 2:
        raise DataError(f"{len(times)} time stamps are too few for a rate", path, field)
    step = np.diff(times)
    if len(bad := np.flatnonzero(~(np.isfinite(step) & (step > 0)))):
        row = int(bad[0]) + 1
        message = f"time stamps must increase, but {times[row]:.12g} s follows {times[row - 1]:.12g} s"
        raise DataError(message, path, field, row)
    about = step[step < 3 * np.median(step)].mean()
    return float(1 / step[step < _GAP * about].mean())


@dataclass(frozen=True)
class Grid:
    """Hold a regular grid and the samples of it that a file has.

    Args:
        place: (T,) the index in the grid of each row of the file, the first being 0.
    """

    place: Int64[np.ndarray, "T"]

    def rows(self, wanted: slice) -> tuple[int, int]:
        """Return the range of rows of the file that are among the wanted samples.

        Args:
            wanted: a range of the grid.

        Returns:
            The first row, and the row behind the last.
        """
        first, last = np.searchsorted(self.place, self._bounds(wanted)).tolist()
        return first, last

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
        samples = np.full((max(last - first, 0), values.shape[1]), np.nan)
        with np.errstate(invalid="ignore"):  # a NaN of some kinds
            samples[self.place[row : row + len(values)] - first] = values
        return samples

    def _bounds(self, wanted: slice) -> tuple[int, int]:
        first, last, _ = wanted.indices(int(self.place[-1]) + 1)
        return first, last


def fit_grid(times: Float64[np.ndarray, "T"], sfreq: float, path: Path, field: str) -> Grid:
    """Return the grid of time stamps. Neighbours stay neighbours unless a sample fits between them.

    Args:
        times: (T,) seconds.
        sfreq: the rate of the grid in Hz.
        path: the file, for errors.
        field: the name of the signal, for errors.

    Returns:
        The grid.

    Raises:
        DataError: the time stamps do not increase, or have another rate.
    """
    found = measured_rate(times, path, field)
    if abs(found - sfreq) > TOLERANCE * sfreq:
        raise DataError(f"the time stamps have {found:.6g} Hz, but {sfreq:g} Hz were declared", path, field)
    step = np.diff(times) * sfreq
    if step.sum() > _STRETCHED * len(times):
        row = int(np.argmax(step)) + 1
        raise DataError(f"a gap of {step.max() / sfreq:.6g} s is too long for one file", path, field, row)
    taken = np.where(step > _GAP, np.rint(step), 1).astype(np.int64)
    return Grid(np.concatenate([np.zeros(1, np.int64), np.cumsum(taken)]))
