"""Read the two files of EmoPairCompete's compact form: ``responses.csv`` with the ratings, ``signals.npz``."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Integer

from mpcl_core.plugin import DataError, Row, Signal, csv_number, csv_rows
from mpcl_plugins.sources.formats.npz_archive import read_npz_array

ITEMS = (
    "upset",
    "hostile",
    "alert",
    "ashamed",
    "inspired",
    "nervous",
    "determined",
    "attentive",
    "afraid",
    "active",
)
LOWEST, HIGHEST = 1.0, 5.0


@dataclass(frozen=True)
class Segment:
    """Hold a rated segment: one phase of one person.

    Args:
        row: its index among the segments.
        subject: the person.
        round: 1 to 4.
        phase: 1 to 3.
        ratings: the scores of `ITEMS`; NaN where an item was not rated.
    """

    row: int
    subject: str
    round: int
    phase: int
    ratings: tuple[float, ...]

    @property
    def trial(self) -> str:
        return f"r{self.round}p{self.phase}"


class Rate(NamedTuple):
    """Hold the divisor of a signal's integers, and its samples a second."""

    scale: float
    sfreq: float


@dataclass(frozen=True)
class Track:
    """Hold one signal of all segments.

    Args:
        values: (T,) the integers of all segments, one after the other.
        edges: where each segment starts and ends in them, one more than there are segments.
        rate: the divisor and the sampling rate.
    """

    values: Integer[np.ndarray, "T"]
    edges: Int64[np.ndarray, "_"]
    rate: Rate

    def segment(self, row: int) -> Signal:
        """Return the signal of one segment.

        Args:
            row: the index of the segment.

        Returns:
            The signal, (1, T).
        """
        part = self.values[self.edges[row] : self.edges[row + 1]]
        return Signal((part / self.rate.scale).astype(np.float32)[None], self.rate.sfreq)


def read_segments(path: Path) -> list[Segment]:
    """Return the segments in the order of the file.

    Args:
        path: ``responses.csv``.

    Returns:
        The segments.

    Raises:
        DataError: a column is missing, a cell is not a number or out of bounds, or a segment appears twice.
    """
    rows = csv_rows(path, ("subject", "round", "phase", *ITEMS))
    if not rows:
        raise DataError("there are no rows", path)
    segments = [_segment(rows, row, path) for row in range(len(rows))]
    seen: dict[tuple[str, str], int] = {}
    for segment in segments:
        first = seen.setdefault((segment.subject, segment.trial), segment.row)
        if first != segment.row:
            message = f"{segment.subject} {segment.trial} is already on line {rows[first].line}"
            raise DataError(message, path, line=rows[segment.row].line)
    return segments


def read_rates(path: Path, wanted: Iterable[str]) -> dict[str, Rate]:
    """Return the scale and rate of every signal.

    Args:
        path: ``signals.npz``.
        wanted: the signals that must be among them.

    Returns:
        Signal -> scale and rate.

    Raises:
        DataError: the archive is damaged, or the three arrays that state them do not fit, or lack a wanted signal.
    """
    names, scales, rates = (read_npz_array(path, name) for name in ("scale_of", "scale", "fs"))
    if names.dtype.kind != "U" or names.ndim != 1:
        raise DataError("does not hold the names of the signals", path, "scale_of")
    for field, values in {"scale": scales, "fs": rates}.items():
        if values.shape != names.shape or values.dtype.kind not in "iuf":
            raise DataError(f"not one number for each of {', '.join(names)}", path, field)
        if len(bad := np.flatnonzero(~(np.isfinite(values) & (values > 0)))):
            raise DataError(f"{values[bad[0]]} is not above 0", path, field, int(bad[0]))
    if missing := [name for name in wanted if name not in names]:
        raise DataError(f"no scale is stated for {missing[0]}. There are: {', '.join(names)}", path, "scale_of")
    stated = zip(names, scales, rates, strict=True)
    return {str(name): Rate(float(scale), float(sfreq)) for name, scale, sfreq in stated}


def read_track(path: Path, name: str, n_segments: int, rate: Rate) -> Track:
    """Return one signal, checked against the number of segments.

    Args:
        path: ``signals.npz``.
        name: the signal.
        n_segments: the number of segments.
        rate: its scale and rate.

    Returns:
        The signal of all segments.

    Raises:
        DataError: its arrays are damaged, of another type or shape, or its counts do not add up.
    """
    values, counts = read_npz_array(path, name), read_npz_array(path, f"{name}_n")
    for field, numbers in {name: values, f"{name}_n": counts}.items():
        if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
            raise DataError(
                f"{numbers.dtype} of shape {numbers.shape}, but one row of integers is expected", path, field
            )
    if len(counts) != n_segments:
        raise DataError(f"{len(counts)} counts for {n_segments} rows of responses.csv", path, f"{name}_n")
    if len(bad := np.flatnonzero(counts < 1)):
        raise DataError(f"{counts[bad[0]]} samples", path, f"{name}_n", int(bad[0]))
    if (total := counts.sum(dtype=object)) != len(values):
        raise DataError(f"the counts add up to {total}, but {name} has {len(values)} samples", path, f"{name}_n")
    edges = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Track(values, edges, rate)


def _segment(rows: list[Row], row: int, path: Path) -> Segment:
    subject = rows[row]["subject"].strip()
    if not subject:
        raise DataError("no subject is named", path, "subject", line=rows[row].line)
    scores = [csv_number(rows, row, item, path, LOWEST, HIGHEST) for item in ITEMS]
    ratings = tuple(math.nan if score is None else score for score in scores)
    round_, phase = (_integer(rows, row, column, path) for column in ("round", "phase"))
    return Segment(row, subject, round_, phase, ratings)


def _integer(rows: list[Row], row: int, column: str, path: Path) -> int:
    number = csv_number(rows, row, column, path, 1.0, 999.0)
    if number is None or number != int(number):
        raise DataError(f"'{rows[row][column]}' is not a whole number", path, column, line=rows[row].line)
    return int(number)
