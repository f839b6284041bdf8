"""The two files of EmoPairCompete's compact form: ``responses.csv`` with the ratings, ``signals.npz``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Integer

from mpcl_core.interfaces.data import Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_sources._npz import array
from mpcl_sources._table import Row, table, value

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
    """A row of ``responses.csv``: one phase of one person. ``ratings`` are None where an item was left empty."""

    row: int
    subject: str
    round: int
    phase: int
    ratings: tuple[float, ...] | None

    @property
    def trial(self) -> str:
        return f"r{self.round}p{self.phase}"


@dataclass(frozen=True)
class Track:
    """One signal of all segments.

    Args:
        values: the integers of all segments, one after the other.
        edges: where each segment starts and ends in them, one more than there are segments.
        scale: what an integer is divided by.
        sfreq: Hz.
    """

    values: Integer[np.ndarray, "T"]
    edges: Int64[np.ndarray, "_"]
    scale: float
    sfreq: float

    def segment(self, row: int) -> Signal:
        """The signal of one segment, (1, T)."""
        part = self.values[self.edges[row] : self.edges[row + 1]]
        return Signal((part / self.scale).astype(np.float32)[None], self.sfreq)


def read_segments(path: Path) -> list[Segment]:
    """The segments in the order of the file.

    Raises:
        DataError: a column is missing, a cell is no number or out of bounds, or a segment stands there twice.
    """
    rows = table(path, ("subject", "round", "phase", *ITEMS))
    if not rows:
        raise DataError("there are no rows", path)
    segments = [_segment(rows, row, path) for row in range(len(rows))]
    seen: dict[tuple[str, str], int] = {}
    for segment in segments:
        first = seen.setdefault((segment.subject, segment.trial), segment.row)
        if first != segment.row:
            raise DataError(
                f"{segment.subject} {segment.trial} is already row {first}", path, row=segment.row
            )
    return segments


def read_rates(path: Path) -> dict[str, tuple[float, float]]:
    """Signal -> what its integers are divided by, and its sampling rate in Hz.

    Raises:
        DataError: the archive is damaged, or the three arrays that state them do not fit.
    """
    names, scales, rates = (array(path, name) for name in ("scale_of", "scale", "fs"))
    if names.dtype.kind != "U" or names.ndim != 1:
        raise DataError("does not hold the names of the signals", path, "scale_of")
    for field, values in {"scale": scales, "fs": rates}.items():
        if values.shape != names.shape or values.dtype.kind not in "iuf":
            raise DataError(f"not one number for each of {', '.join(names)}", path, field)
        if len(bad := np.flatnonzero(~(np.isfinite(values) & (values > 0)))):
            raise DataError(f"{values[bad[0]]} is not above 0", path, field, int(bad[0]))
    return {
        str(name): (float(scale), float(rate)) for name, scale, rate in zip(names, scales, rates, strict=True)
    }


def read_track(path: Path, name: str, n_segments: int, rates: Mapping[str, tuple[float, float]]) -> Track:
    """One signal, checked against the number of segments.

    Raises:
        DataError: its arrays are damaged, of another type or shape, or its counts do not add up to its length.
    """
    if name not in rates:
        raise DataError(
            f"no scale is stated for {name}, but for {', '.join(rates) or 'nothing'}", path, "scale_of"
        )
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
        raise DataError(
            f"the counts add up to {total}, but {name} has {len(values)} samples", path, f"{name}_n"
        )
    edges = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Track(values, edges, *rates[name])


def _segment(rows: list[Row], row: int, path: Path) -> Segment:
    subject = rows[row]["subject"].strip()
    if not subject:
        raise DataError("no subject is named", path, "subject", row)
    ratings = [value(rows, row, item, path, LOWEST, HIGHEST) for item in ITEMS]
    given = tuple(rating for rating in ratings if rating is not None)
    round_, phase = (_whole(rows, row, column, path) for column in ("round", "phase"))
    return Segment(row, subject, round_, phase, given if len(given) == len(ITEMS) else None)


def _whole(rows: list[Row], row: int, column: str, path: Path) -> int:
    number = value(rows, row, column, path, 1, 999)
    if number is None or number != int(number):
        raise DataError(f"'{rows[row][column]}' is no whole number", path, column, row)
    return int(number)
