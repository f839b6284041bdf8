"""Read the table of votes of CREMA-D: a clip and a kind of votes a row."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Row, csv_header, csv_numbers, csv_rows

EMOTIONS = {"anger": "A", "disgust": "D", "fear": "F", "happiness": "H", "neutral": "N", "sadness": "S"}
"""Label -> the column of its votes, whose letter also begins the emotion in the name of a clip."""
INPUTS = {"voice": "1", "face": "2"}
BOTH = "3"
QUERIES = (*INPUTS.values(), BOTH)
MOST = 1e6
"""Votes of one clip, at most."""
CLIP = re.compile(r"(\d{4})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_([A-Z]{1,2})")


@dataclass(frozen=True)
class Clip:
    """Hold the votes on one clip.

    Args:
        actor: the first four digits of its name.
        sentence: the code of the sentence, such as ``IEO``.
        intended: the emotion that the actor was asked for.
        trial: its name without the actor.
        votes: kind of votes -> votes for each of `EMOTIONS`.
    """

    actor: str
    sentence: str
    intended: str
    trial: str
    votes: dict[str, tuple[float, ...]]


def read_clips(path: Path) -> list[Clip]:
    """Return the clips in the order in which they appear first.

    Args:
        path: the table.

    Returns:
        The clips; a kind without any vote is left out.

    Raises:
        DataError: a column is missing, a cell is not valid, or a clip has the same kind of votes twice.
    """
    query, file, total = _columns(path)
    rows = csv_rows(path, (query, file, total, *EMOTIONS.values()))
    counts = _counts(rows, total, path)
    clips: dict[str, Clip] = {}
    seen: set[tuple[str, str]] = set()
    for row, cells in enumerate(rows):
        name, kind = cells[file], cells[query].strip()[:1]
        if name not in clips:
            clips[name] = _clip(name, path, file, cells.line)
        if kind not in QUERIES:
            message = f"'{cells[query]}' does not begin with 1 (voice), 2 (face) or 3 (both)"
            raise DataError(message, path, query, line=cells.line)
        if (name, kind) in seen:
            raise DataError(f"{name} already has votes of kind {kind}", path, file, line=cells.line)
        seen.add((name, kind))
        if any(counts[row]):
            clips[name].votes[kind] = tuple(counts[row])
    return list(clips.values())


def _columns(path: Path) -> tuple[str, str, str]:
    """Return the columns of the kind of votes, of the clip and of the number of votes.

    Returns:
        Their names; the first column of the published table has the name ''.
    """
    if path.is_file() and "fileName" in csv_header(path):
        return "", "fileName", "numResponses"
    return "query", "file", "responses"


def _clip(name: str, path: Path, column: str, line: int) -> Clip:
    found = CLIP.fullmatch(name)
    if not found:
        raise DataError(f"'{name}' is not the name of a clip such as 1001_IEO_NEU_XX", path, column, line=line)
    actor, sentence, emotion, _ = found.groups()
    intended = next(label for label, letter in EMOTIONS.items() if emotion.startswith(letter))
    return Clip(actor, sentence, intended, name.removeprefix(f"{actor}_"), {})


def _counts(rows: list[Row], total: str, path: Path) -> list[list[float]]:
    """Return the votes of each row, after a check that they are whole and add up.

    Returns:
        Six numbers a row, one for each of `EMOTIONS`.
    """
    columns = (*EMOTIONS.values(), total)
    counts = csv_numbers(rows, columns, path, 0.0, MOST)
    for row, column in np.argwhere(counts != np.round(counts)).tolist():
        message = f"'{rows[row][columns[column]]}' is not a count of votes"
        raise DataError(message, path, columns[column], line=rows[row].line)
    votes, stated = counts[:, :-1], counts[:, -1]
    for row in np.flatnonzero(votes.sum(1) != stated).tolist():
        message = f"the votes add up to {votes[row].sum():g}, but {stated[row]:g} are stated"
        raise DataError(message, path, total, line=rows[row].line)
    rated: list[list[float]] = votes.tolist()
    return rated
