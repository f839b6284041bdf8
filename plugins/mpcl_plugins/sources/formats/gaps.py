"""Find lost samples in time stamps that may be late, early, doubled or rounded."""

import numpy as np
from jaxtyping import Float64, Int64

_BLOCK = 16  # samples over whose time the interval is estimated: few enough that most blocks have no gap
_NEAR = 5  # samples on each side of a step whose median decides whether the time stays behind
_FAR = 64  # samples on each side by which the size of a gap is corrected
_STEP = 1.3  # intervals that a step has at least where a sample is lost
_LOST = 0.5  # intervals by which the cumulated time must rise
_CLEAR = 0.9  # intervals by which one of the last stamps must be late, because none follow that confirm a gap
_NOISE = 0.001  # the share of falls, which come from jitter alone, that may be larger than what counts as noise
_QUIET = 0.4  # intervals of noise beside which `_LOST` is certain
_CERTAIN = 1.5  # times the noise, elsewhere
_AT_ONCE = 65_536  # samples of which medians are taken at once


def estimate_interval(times: Float64[np.ndarray, "T"]) -> float:
    """Return about the interval between two samples.

    Args:
        times: (T,) seconds, two or more.

    Returns:
        Seconds, above 0 where the stamps increase.
    """
    if len(times) < 4 * _BLOCK:
        return float(np.median(np.diff(times)))
    return float(np.median(times[_BLOCK:] - times[:-_BLOCK]) / _BLOCK)


def cumulate_gaps(times: Float64[np.ndarray, "T"], interval: float) -> Int64[np.ndarray, "T"]:
    """Return how many samples were lost before each row.

    Args:
        times: (T,) seconds.
        interval: seconds between two samples.

    Returns:
        (T,) numbers that do not fall; the first is 0.
    """
    behind = (times - times[0]) / interval - np.arange(len(times))
    rows, sizes = _first_pass(behind)
    lost = np.zeros(len(times), np.int64)
    if not rows:
        return lost
    lost[rows] = sizes
    level = behind - np.cumsum(lost)
    edges = [0, *rows, len(times)]
    for number, row in enumerate(rows, 1):
        before = level[max(edges[number - 1], row - _FAR) : row]
        after = level[row : min(edges[number + 1], row + _FAR)]
        lost[row] = max(lost[row] + round(float(np.median(after) - np.median(before))), 0)
    return np.cumsum(lost)


def _first_pass(behind: Float64[np.ndarray, "T"]) -> tuple[list[int], list[int]]:
    """Return the rows before which samples are lost, and about how many.

    Returns:
        Rows and numbers.
    """
    rise = _rise(behind)
    noise = -float(np.quantile(rise, _NOISE))
    least = _LOST if noise <= _QUIET else _CERTAIN * noise
    candidates = np.flatnonzero((np.diff(behind) > _STEP - 1) & (rise > 0.9 * least)) + 1
    rows: list[int] = []
    sizes: list[int] = []
    total = 0
    recent: list[tuple[int, int]] = []  # gaps before which the rows of the window have lost less
    for row in candidates.tolist():
        first = max(row - _NEAR, 0)
        recent = [(gap, size) for gap, size in recent if gap > first]
        before = sorted(
            value - total + sum(size for gap, size in recent if gap > first + place)
            for place, value in enumerate(behind[first:row].tolist())
        )
        after = sorted(behind[row : row + _NEAR].tolist())
        start = before[len(before) // 2]
        own, later = float(behind[row]) - total - start, after[len(after) // 2] - total - start
        size = max(round(min(own, later)), 1)
        if later > least and own > least / 2 and (own > _CLEAR or row < len(behind) - 2):
            rows.append(row)
            sizes.append(size)
            recent.append((row, size))
            total += size
    return rows, sizes


def _rise(behind: Float64[np.ndarray, "T"]) -> Float64[np.ndarray, "S"]:
    """Return by how much the median of the next rows is above that of the rows before, at each step.

    Returns:
        (T - 1,) numbers.
    """
    padded = np.concatenate([np.full(_NEAR - 1, behind[0]), behind, np.full(_NEAR - 1, behind[-1])])
    medians = np.empty(len(padded) - _NEAR + 1)
    for first in range(0, len(medians), _AT_ONCE):
        block = padded[first : first + _AT_ONCE + _NEAR - 1]
        windows = np.lib.stride_tricks.sliding_window_view(block, _NEAR)
        medians[first : first + len(windows)] = np.median(windows, axis=1)
    return np.asarray(medians[_NEAR:] - medians[:-_NEAR])
