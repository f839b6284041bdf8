"""The two files of EmoPairCompete's compact form: ``responses.csv`` with the ratings, ``signals.npz``."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Integer

from mpcl_core.plugin import DataError, Row, Signal, csv_number, csv_rows
from mpcl_plugins.sources.formats.npz_archive import array

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
    """A row of ``responses.csv``: a phase of one person. A rating is NaN where the item was not rated."""

    row: int
    subject: str
    round: int
    phase: int
    ratings: tuple[float, ...]

    @property
    def trial(self) -> str:
        return f"r{self.round}p{self.phase}"


class Rate(NamedTuple):
    """What the integers of a signal are divided by, and how many there are in a second."""

    scale: float
    sfreq: float


@dataclass(frozen=True)
class Track:
    """One signal of all segments.

    Args:
        values: the integers of all segments, one after the other.
        edges: where each segment starts and ends in them, one more than there are segments.
        rate: what they mean.
    """

    values: Integer[np.ndarray, "T"]
    edges: Int64[np.ndarray, "_"]
    rate: Rate

    def segment(self, row: int) -> Signal:
        """The signal of one segment, (1, T)."""
        part = self.values[self.edges[row] : self.edges[row + 1]]
        return Signal((part / self.rate.scale).astype(np.float32)[None], self.rate.sfreq)


def read_segments(path: Path) -> list[Segment]:
    """The segments in the order of the file.

    Raises:
        DataError: a column is missing, a cell is no number or out of bounds, or a segment stands there twice.
    """
    rows = csv_rows(path, ("subject", "round", "phase", *ITEMS))
    if not rows:
        raise DataError("there are no rows", path)
    segments = [_segment(rows, row, path) for row in range(len(rows))]
    seen: dict[tuple[str, str], int] = {}
    for segment in segments:
        first = seen.setdefault((segment.subject, segment.trial), segment.row)
        if first != segment.row:
            raise DataError(f"{segment.subject} {segment.trial} is already row {first}", path, row=segment.row)
    return segments


def read_rates(path: Path, wanted: Iterable[str]) -> dict[str, Rate]:
    """The scale and rate of every signal.

    Raises:
        DataError: the archive is damaged, or the three arrays that state them do not fit, or lack a wanted
            signal.
    """
    names, scales, rates = (array(path, name) for name in ("scale_of", "scale", "fs"))
    if names.dtype.kind != "U" or names.ndim != 1:
        raise DataError("does not hold the names of the signals", path, "scale_of")
    for field, values in {"scale": scales, "fs": rates}.items():
        if values.shape != names.shape or values.dtype.kind not in "iuf":
            raise DataError(f"not one number for each of {', '.join(names)}", path, field)
        if len(bad := np.flatnonzero(~(np.isfinite(values) & (values > 0)))):
            raise DataError(f"{values[bad[0]]} is not above 0", path, field, int(bad[0]))
    if missing := [name for name in wanted if name not in names]:
        raise DataError(f"no scale is stated for {missing[0]}, but for {', '.join(names)}", path, "scale_of")
    stated = zip(names, scales, rates, strict=True)
    return {str(name): Rate(float(scale), float(sfreq)) for name, scale, sfreq in stated}


def read_track(path: Path, name: str, n_segments: int, rate: Rate) -> Track:
    """One signal, checked against the number of segments.

    Raises:
        DataError: its arrays are damaged, of another type or shape, or its counts do not add up.
    """
    values, counts = array(path, name), array(path, f"{name}_n")
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
        raise DataError("no subject is named", path, "subject", row)
    given = [csv_number(rows, row, item, path, LOWEST, HIGHEST) for item in ITEMS]
    ratings = tuple(math.nan if rating is None else rating for rating in given)
    round_, phase = (_whole(rows, row, column, path) for column in ("round", "phase"))
    return Segment(row, subject, round_, phase, ratings)


def _whole(rows: list[Row], row: int, column: str, path: Path) -> int:
    number = csv_number(rows, row, column, path, 1.0, 999.0)
    if number is None or number != int(number):
        raise DataError(f"'{rows[row][column]}' is no whole number", path, column, row)
    return int(number)
