"""Read EmoPairCompete as it is published: a folder a segment, with a csv file a signal and ``response.csv``.

The path of a segment states its person, round and phase: ``D1_1/ID_1/round_1/phase2``, or the same with ``_`` in the
place of ``/``.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from mpcl_core.plugin import DataError, Row, Signal, csv_number, csv_rows
from mpcl_plugins.sources._emopair.files import HIGHEST, ITEMS, LOWEST, Rate, Segment

RESPONSE = "response.csv"
WHICH = re.compile(r"(?:^|[/_])(D\d+_\d+)[/_]ID_(\d+)[/_]round_(\d+)[/_]phase_?(\d+)$")
RATES = {"BVP": Rate(1.0, 64.0), "EDA": Rate(1.0, 4.0), "TEMP": Rate(1.0, 4.0), "HR": Rate(1.0, 1.0)}
LARGEST = 1e9
"""Of any value in any unit."""
OFF = 0.01
"""By which share the number of samples may differ from what the times say."""


class Stretch(NamedTuple):
    """Hold a signal, (1, T), and when it began on the watch's clock."""

    values: Float32[np.ndarray, "1 T"]
    begin: datetime


def find_folders(path: Path) -> list[Path]:
    """Return the folders of segments at a path: itself, or any in it.

    Args:
        path: a folder.

    Returns:
        The folders, sorted; none where there are none.
    """
    return sorted(file.parent for file in path.rglob(RESPONSE)) if path.is_dir() else []


def read_responses(folders: list[Path]) -> list[Segment]:
    """Return the segments of the folders, in their order.

    Args:
        folders: folders of segments.

    Returns:
        The segments.

    Raises:
        DataError: a folder's name does not identify a segment, two are the same, or a rating is out of bounds.
    """
    segments = [_segment(row, folder) for row, folder in enumerate(folders)]
    seen: dict[tuple[str, str], int] = {}
    for segment in segments:
        first = seen.setdefault((segment.subject, segment.trial), segment.row)
        if first != segment.row:
            raise DataError(f"{segment.subject} {segment.trial} is already {folders[first]}", folders[segment.row])
    return segments


def read_signals(folder: Path, wanted: Mapping[str, str]) -> dict[str, Signal]:
    """Return the signals of a segment.

    A signal starts at 0 where its first sample is the first that its rate allows in the segment, and otherwise as
    many samples later as it lacks.

    Args:
        folder: of the segment.
        wanted: name -> the name of its file.

    Returns:
        Name -> signal.

    Raises:
        DataError: a file is missing or damaged, a value is not a number, or the times do not fit the rate.
    """
    found = {name: _stretch(folder / f"{stored}.csv", stored, RATES[stored].sfreq) for name, stored in wanted.items()}
    begin = min(stretch.begin for stretch in found.values())
    signals = {}
    for name, stored in wanted.items():
        values, own = found[name]
        sfreq = RATES[stored].sfreq
        signals[name] = Signal(values, sfreq, math.floor((own - begin).total_seconds() * sfreq) / sfreq)
    return signals


def _segment(row: int, folder: Path) -> Segment:
    path = folder / RESPONSE
    which = WHICH.search(folder.absolute().as_posix())
    if which is None:
        raise DataError("the folder's path does not end like D1_1/ID_1/round_1/phase2", folder)
    rows = csv_rows(path, ITEMS)
    if len(rows) != 1:
        raise DataError(f"{len(rows)} rows, but one is expected", path)
    scores = [csv_number(rows, 0, item, path, LOWEST, HIGHEST) for item in ITEMS]
    ratings = tuple(math.nan if score is None else score for score in scores)
    cohort, person, round_, phase = which.groups()
    return Segment(row, f"{cohort}_ID{int(person)}", int(round_), int(phase), ratings)


def _stretch(path: Path, column: str, sfreq: float) -> Stretch:
    rows = csv_rows(path, (column, "time"))
    if not rows:
        raise DataError("there are no rows", path)
    numbers = [csv_number(rows, row, column, path, -LARGEST, LARGEST) for row in range(len(rows))]
    values = np.array([math.nan if number is None else number for number in numbers], np.float32)
    begin, end = _time(rows, 0, path), _time(rows, len(rows) - 1, path)
    seconds = (end - begin).total_seconds()
    if abs(seconds * sfreq - (len(rows) - 1)) > max(1.0, OFF * len(rows)):
        raise DataError(f"{len(rows)} samples in {seconds:g} s, but {sfreq:g} Hz are expected", path, "time")
    return Stretch(values[None], begin)


def _time(rows: list[Row], row: int, path: Path) -> datetime:
    text = rows[row]["time"].strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise DataError(f"'{text}' is not a time", path, "time", line=rows[row].line) from error
