"""Read WESAD's ``SX_quest.csv``: when each condition ran, and how it was rated.

The five ``# PANAS`` rows follow the first five entries of ``# ORDER``, whatever these are called (one person's two
meditations are in the other order); readings follow, which were not rated. A row has 24 scores, that of the TSST 26,
because Angry and Irritated were asked before Sad.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mpcl_core.plugin import DataError, read_bytes

_LARGEST = 2**20
"""Bytes of the largest questionnaire; those of the data set have less than 2000."""

ITEMS = (
    "active", "distressed", "interested", "inspired", "annoyed", "strong", "guilty", "scared", "hostile", "excited",
    "proud", "irritable", "enthusiastic", "ashamed", "alert", "nervous", "determined", "attentive", "jittery",
    "afraid", "stressed", "frustrated", "happy",
)  # fmt: skip
LAYOUTS = {24: (*ITEMS, "sad"), 26: (*ITEMS, "angry", "irritated", "sad")}
"""Number of scores in a row -> what was asked."""
LOWEST, HIGHEST = 1.0, 5.0
STRESS = "TSST"
CONDITIONS = ("Base", STRESS, "Fun", "Medi 1", "Medi 2")
"""The rated entries of ``# ORDER``, in some order."""
ABOUT = {
    "Base": ("baseline", ""),
    "TSST": ("stress", "tsst"),
    "Fun": ("amusement", "clips"),
    "Medi 1": ("meditation", "breathing"),
    "Medi 2": ("meditation", "breathing"),
}
"""Condition in the questionnaire -> ``condition`` and ``stimulus``. At rest everyone read what they liked."""
TIME = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?")


@dataclass(frozen=True)
class Rating:
    """Hold one condition of one person.

    Args:
        name: as ``# ORDER`` calls it.
        start: seconds on the clock of the chest device.
        stop: likewise.
        scores: item -> score; NaN where it was asked and not answered.
    """

    name: str
    start: float
    stop: float
    scores: Mapping[str, float]


class Line(NamedTuple):
    """Hold a line of the questionnaire: its number from 1, its tag without ``#`` and colon, and its cells."""

    number: int
    tag: str
    cells: list[str]


def read(path: Path, subject: str) -> list[Rating]:
    """Return the five conditions of a person, in the order of time.

    Args:
        path: the questionnaire.
        subject: the person that it must name.

    Returns:
        The conditions.

    Raises:
        DataError: the file is invalid, naming the tag and the line.
    """
    lines = _lines(path)
    (named,) = _rows(lines, "Subj", 1, path)
    if (names := named.cells[:1]) != [subject]:
        message = f"{''.join(names) or 'nobody'} is named, but the folder is {subject}"
        raise DataError(message, path, "Subj", line=named.number)
    (order,), (start,), (stop,) = (_rows(lines, tag, 1, path) for tag in ("ORDER", "START", "END"))
    names = order.cells[: len(CONDITIONS)]
    if sorted(names) != sorted(CONDITIONS):
        message = f"begins with {', '.join(names)}, but {', '.join(CONDITIONS)} are expected"
        raise DataError(message, path, "ORDER", line=order.number)
    starts, stops = _times(start, path), _times(stop, path)
    if (edges := [edge for pair in zip(starts, stops, strict=True) for edge in pair]) != sorted(set(edges)):
        raise DataError("the conditions do not follow one another in time", path, "START", line=start.number)
    panas = _rows(lines, "PANAS", len(CONDITIONS), path)
    scores = [_scores(line, name, path) for line, name in zip(panas, names, strict=True)]
    return [Rating(*parts) for parts in zip(names, starts, stops, scores, strict=True)]


def _lines(path: Path) -> list[Line]:
    """Return the lines with their cells up to the last that is not empty.

    Returns:
        The lines.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    try:
        text = read_bytes(path, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"not text ({error})", path) from error
    except ValueError as error:
        raise DataError(str(error), path) from error
    cells = [[cell.strip() for cell in line.rstrip("; \t").split(";")] for line in text.splitlines()]
    return [Line(number, first.lstrip("# ").rstrip(": "), rest) for number, (first, *rest) in enumerate(cells, 1)]


def _rows(lines: list[Line], tag: str, count: int, path: Path) -> list[Line]:
    found = [line for line in lines if line.tag == tag]
    if len(found) != count:
        raise DataError(f"{len(found)} such rows, but {count} are expected", path, tag)
    return found


def _times(line: Line, path: Path) -> list[float]:
    if len(line.cells) < len(CONDITIONS):
        message = f"{len(line.cells)} times, but {len(CONDITIONS)} are expected"
        raise DataError(message, path, line.tag, line=line.number)
    return [_seconds(cell, line, path) for cell in line.cells[: len(CONDITIONS)]]


def _seconds(cell: str, line: Line, path: Path) -> float:
    """Return the time in seconds.

    A cell is minutes.SECONDS with a zero lost at the end: 61.2 is 61 min 20 s, and 7.08 is 7 min 8 s.

    Returns:
        Seconds.
    """
    found = TIME.fullmatch(cell)
    seconds = int((found[2] or "0").ljust(2, "0")) if found else 60
    if not found or seconds >= 60:
        raise DataError(f"'{cell}' is not a time in minutes.seconds", path, line.tag, line=line.number)
    return float(60 * int(found[1]) + seconds)


def _scores(line: Line, name: str, path: Path) -> dict[str, float]:
    expected = 26 if name == STRESS else 24
    if len(line.cells) != expected:
        message = f"{len(line.cells)} scores after {name}, but {expected} are expected"
        raise DataError(message, path, line.tag, line=line.number)
    return {item: _score(cell, line, path) for item, cell in zip(LAYOUTS[expected], line.cells, strict=True)}


def _score(cell: str, line: Line, path: Path) -> float:
    if cell.lower() in ("", "nan"):
        return math.nan
    try:
        score = float(cell)
    except ValueError:
        score = math.nan
    if not LOWEST <= score <= HIGHEST:
        raise DataError(f"'{cell}' is not a score from {LOWEST:g} to {HIGHEST:g}", path, line.tag, line=line.number)
    return score
