"""Read the table of votes of CREMA-D: a clip and a kind of votes a row."""

import re
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import DataError, Row, csv_header, csv_number, csv_rows

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
    clips: dict[str, Clip] = {}
    seen: set[tuple[str, str]] = set()
    for row, cells in enumerate(rows):
        clip = clips.setdefault(cells[file], _clip(cells[file], path, file, row))
        kind = cells[query].strip()[:1]
        if kind not in QUERIES:
            raise DataError(f"'{cells[query]}' does not begin with 1 (voice), 2 (face) or 3 (both)", path, query, row)
        if (cells[file], kind) in seen:
            raise DataError(f"{cells[file]} already has votes of kind {kind}", path, file, row)
        seen.add((cells[file], kind))
        if votes := _votes(rows, row, total, path):
            clip.votes[kind] = votes
    return list(clips.values())


def _columns(path: Path) -> tuple[str, str, str]:
    """Return the columns of the kind of votes, of the clip and of the number of votes.

    Returns:
        Their names; the first column of the published table has the name ''.
    """
    if path.is_file() and "fileName" in csv_header(path):
        return "", "fileName", "numResponses"
    return "query", "file", "responses"


def _clip(name: str, path: Path, column: str, row: int) -> Clip:
    found = CLIP.fullmatch(name)
    if not found:
        raise DataError(f"'{name}' is not the name of a clip such as 1001_IEO_NEU_XX", path, column, row)
    actor, sentence, emotion, _ = found.groups()
    intended = next(label for label, letter in EMOTIONS.items() if emotion.startswith(letter))
    return Clip(actor, sentence, intended, name.removeprefix(f"{actor}_"), {})


def _votes(rows: list[Row], row: int, total: str, path: Path) -> tuple[float, ...]:
    """Return the votes of a row, after a check that they are whole and add up.

    Returns:
        One number for each of `EMOTIONS`; nothing where there are no votes.
    """
    votes = tuple(_count(rows, row, column, path) for column in EMOTIONS.values())
    if sum(votes) != (stated := _count(rows, row, total, path)):
        raise DataError(f"the votes add up to {sum(votes):g}, but {stated:g} are stated", path, total, row)
    return votes if sum(votes) else ()


def _count(rows: list[Row], row: int, column: str, path: Path) -> float:
    number = csv_number(rows, row, column, path, 0.0, MOST)
    if number is None or number != int(number):
        raise DataError(f"'{rows[row][column]}' is not a count of votes", path, column, row)
    return number
