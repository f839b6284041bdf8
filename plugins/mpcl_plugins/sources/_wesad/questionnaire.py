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


def read(path: Path, subject: str) -> list[Rating]:
    """Return the five conditions of a person, in the order of time.

    Args:
        path: the questionnaire.
        subject: the person that it must name.

    Returns:
        The conditions.

    Raises:
        DataError: the file is invalid, naming the row's tag and which of its rows.
    """
    lines = _lines(path)
    (named,) = _rows(lines, "Subj", 1, path)
    if named[:1] != [subject]:
        raise DataError(f"{''.join(named[:1]) or 'nobody'} is named, but the folder is {subject}", path, "Subj")
    (order,), (start,), (stop,) = (_rows(lines, tag, 1, path) for tag in ("ORDER", "START", "END"))
    names = order[: len(CONDITIONS)]
    if sorted(names) != sorted(CONDITIONS):
        raise DataError(f"begins with {', '.join(names)}, but {', '.join(CONDITIONS)} are expected", path, "ORDER")
    starts, stops = _times(start, "START", path), _times(stop, "END", path)
    if (edges := [edge for pair in zip(starts, stops, strict=True) for edge in pair]) != sorted(set(edges)):
        raise DataError("the conditions do not follow one another in time", path, "START")
    panas = _rows(lines, "PANAS", len(CONDITIONS), path)
    scores = [_scores(cells, name, path, row) for row, (cells, name) in enumerate(zip(panas, names, strict=True))]
    return [Rating(*parts) for parts in zip(names, starts, stops, scores, strict=True)]


def _lines(path: Path) -> list[tuple[str, list[str]]]:
    """Return each line's tag, without ``#`` and colon, and its cells up to the last that is not empty.

    Returns:
        Pairs of tag and cells.
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
    return [(first.lstrip("# ").rstrip(": "), rest) for first, *rest in cells]


def _rows(lines: list[tuple[str, list[str]]], tag: str, count: int, path: Path) -> list[list[str]]:
    found = [cells for name, cells in lines if name == tag]
    if len(found) != count:
        raise DataError(f"{len(found)} such rows, but {count} are expected", path, tag)
    return found


def _times(cells: list[str], tag: str, path: Path) -> list[float]:
    if len(cells) < len(CONDITIONS):
        raise DataError(f"{len(cells)} times, but {len(CONDITIONS)} are expected", path, tag)
    return [_seconds(cell, tag, path) for cell in cells[: len(CONDITIONS)]]


def _seconds(cell: str, tag: str, path: Path) -> float:
    """Return the time in seconds.

    A cell is minutes.SECONDS with a zero lost at the end: 61.2 is 61 min 20 s, and 7.08 is 7 min 8 s.

    Returns:
        Seconds.
    """
    found = TIME.fullmatch(cell)
    seconds = int((found[2] or "0").ljust(2, "0")) if found else 60
    if not found or seconds >= 60:
        raise DataError(f"'{cell}' is not a time in minutes.seconds", path, tag)
    return float(60 * int(found[1]) + seconds)


def _scores(cells: list[str], name: str, path: Path, row: int) -> dict[str, float]:
    expected = 26 if name == STRESS else 24
    if len(cells) != expected:
        raise DataError(f"{len(cells)} scores after {name}, but {expected} are expected", path, "PANAS", row)
    return {item: _score(cell, path, row) for item, cell in zip(LAYOUTS[expected], cells, strict=True)}


def _score(cell: str, path: Path, row: int) -> float:
    if cell.lower() in ("", "nan"):
        return math.nan
    try:
        score = float(cell)
    except ValueError:
        score = math.nan
    if not LOWEST <= score <= HIGHEST:
        raise DataError(f"'{cell}' is not a score from {LOWEST:g} to {HIGHEST:g}", path, "PANAS", row)
    return score
