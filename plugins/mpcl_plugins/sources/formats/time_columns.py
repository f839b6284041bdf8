"""Recognise the columns of a table that hold times, and turn their cells into seconds."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from jaxtyping import Float64

CERTAIN = ("timestamp", "timestamps", "time")
"""Names of columns that hold times, whatever is in them."""

_WORDS = {"timestamp", "timestamps", "time", "times", "t", "unix", "unixtime", "epoch", "datetime", "utc", "elapsed"}
_WORDS |= {"seconds", "secs", "sec", "milliseconds", "millis"}
_UNITS = {"s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3}
_UNITS |= {"millis": 1e-3, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "microseconds": 1e-6, "ns": 1e-9}
_UNIX = (3e8, 4.2e9)  # seconds since 1970 in the years 1979 to 2103
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_FEW = 50  # rows, below which nothing is concluded from the steps of a column
_EQUAL, _MOST = 0.2, 0.9  # near-equal steps differ by less than this share of their median; as many must be
_DISORDERED = 0.1  # the share of times that may be doubled or out of order


def has_time_name(name: str) -> bool:
    """Return whether a column has a usual name of times, such as ``t``, ``Time [s]`` or ``lsl_timestamp``.

    Args:
        name: the name of the column.

    Returns:
        Whether it does.
    """
    words = _words(name)
    return any(word in _WORDS or word.endswith(("timestamp", "timestamps")) for word in words)


def are_times(cells: Sequence[str]) -> bool:
    """Return whether cells hold ISO times, or numbers that rise.

    Args:
        cells: the first cells of a column.

    Returns:
        Whether they do.
    """
    if is_iso(cells):
        return True
    numbers = _numbers(cells)
    if numbers is None or len(numbers) < 2:
        return False
    step = np.diff(numbers)
    return bool(np.median(step) > 0 and np.mean(~(step > 0)) <= _DISORDERED)


def is_iso(cells: Sequence[str]) -> bool:
    """Return whether the first cell is an ISO date with a time.

    Args:
        cells: the first cells of a column.

    Returns:
        Whether it is.
    """
    return bool(cells) and _ISO.match(cells[0].strip()) is not None


def rises_evenly(cells: Sequence[str]) -> bool:
    """Return whether cells are numbers that rise strictly in near-equal steps, as times and counters do.

    Args:
        cells: the first cells of a column.

    Returns:
        Whether they are.
    """
    numbers = _numbers(cells)
    if numbers is None or len(numbers) < _FEW:
        return False
    step = np.diff(numbers)
    if not (step > 0).all():
        return False
    mean = (numbers[-1] - numbers[0]) / len(step)
    off = np.abs(numbers - numbers[0] - mean * np.arange(len(numbers)))
    median = np.median(step)
    return bool(np.mean(np.abs(step - median) <= _EQUAL * median) >= _MOST or off.max() <= mean)


def seconds_per_unit(name: str, first: float) -> float:
    """Return what a number of a column counts: the unit in its name, or a fraction of a second since 1970.

    Args:
        name: the name of the column: ``time_ms``, ``Time [s]``.
        first: its first number.

    Returns:
        Seconds.
    """
    unit = _UNITS.get(_words(name)[-1], 1.0) if len(_words(name)) > 1 else 1.0
    for scale in (1e-3, 1e-6, 1e-9):
        if unit == 1.0 and _UNIX[0] <= first * scale <= _UNIX[1] and first > 100 * _UNIX[1]:
            return scale
    return unit


def is_unix(seconds: float) -> bool:
    """Return whether a time is one of seconds since 1970, rather than since the start of a device.

    Args:
        seconds: the time.

    Returns:
        Whether it is.
    """
    return _UNIX[0] <= seconds <= _UNIX[1]


def iso_seconds(cell: str) -> tuple[float, bool]:
    """Return an ISO time in seconds since 1970.

    Args:
        cell: the text.

    Returns:
        The seconds, and whether the text states the zone; without one, UTC is assumed.

    Raises:
        ValueError: it is not an ISO time.
    """
    time = datetime.fromisoformat(cell.strip())
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC).timestamp(), False
    return time.timestamp(), True


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9\u00b5\u03bc]+", name.lower()) if word] or [""]


def _numbers(cells: Sequence[str]) -> Float64[np.ndarray, "n"] | None:
    try:
        numbers = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
