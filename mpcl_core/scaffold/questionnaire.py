"""Read scores from the table of a questionnaire: a row an answered questionnaire (wide), or a row an item (long).

Columns ``subject`` (or ``participant_id``) and, where they are known, ``session`` (or ``session_id``) and ``trial`` say
what was rated. A wide table has a column for each item, a long one the columns ``item`` and ``score``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.toolkit.csv_table import Row, csv_header, csv_number, csv_rows

KEYS = {"subject": ("subject", "participant_id"), "session": ("session", "session_id"), "trial": ("trial",)}
"""Part of a key -> the names of its column."""
MISSING = ("", "na", "n/a", "nan", "none", "-")
"""How tables write that an item was not answered, in lower case."""

Key = tuple[str, ...]
"""Subject, session and trial, as far as the table has them."""


@dataclass(frozen=True)
class Scale:
    """Describe how items become labels.

    Args:
        floor, ceiling: the lowest and the highest score of an item.
        reversed_items: the items whose score s counts as floor + ceiling - s.
        sums: label -> its items; the label has their mean score, which is on the same scale as theirs. It is missing
            where one of them is.
    """

    floor: float
    ceiling: float
    reversed_items: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def items(self, label: str) -> tuple[str, ...]:
        """Return the items of a label.

        Args:
            label: the label.

        Returns:
            Those of its sum, or the label itself.
        """
        return self.sums.get(label, (label,))

    def count(self, item: str, score: float) -> float:
        """Return what the score of an item counts.

        Args:
            item: the item.
            score: its score.

        Returns:
            The score, or floor + ceiling - score for a reversed item.
        """
        return self.floor + self.ceiling - score if item in self.reversed_items else score


@dataclass(frozen=True)
class Scores:
    """Hold the scores of a questionnaire.

    Args:
        columns: the parts of a key that the table has: ``subject``, and perhaps ``session`` and ``trial``.
        of: key -> label -> score; a missing score has no entry.
    """

    columns: tuple[str, ...]
    of: Mapping[Key, Mapping[str, float]]

    def key(self, row: Mapping[str, str]) -> Key:
        """Return the key of a row of the manifest.

        Args:
            row: ``subject``, ``session`` and ``trial``.

        Returns:
            The parts that the table has.
        """
        return tuple(row[column] for column in self.columns)


def read_scores(path: Path, labels: Sequence[str], scale: Scale) -> Scores:
    """Read the scores of some labels.

    Args:
        path: the table, .csv or .tsv.
        labels: the labels: items, or names of sums.
        scale: how items become labels.

    Returns:
        The scores.

    Raises:
        UsageError: a reversed item, or one of a sum, is of no label.
        DataError: a column is missing, a score is outside the scale, or the same is rated twice.
    """
    items = list(dict.fromkeys(item for label in labels for item in scale.items(label)))
    if strange := [item for item in scale.reversed_items if item not in items]:
        raise UsageError(f"'{strange[0]}' is reversed, but no label has this item; items: {', '.join(items)}")
    header = csv_header(path) if path.is_file() else []
    names = {part: next((name for name in known if name in header), known[0]) for part, known in KEYS.items()}
    columns = tuple(part for part, name in names.items() if part == "subject" or name in header)
    needed = [names[part] for part in columns]
    read = _read_long if {"item", "score"} <= set(header) else _read_wide
    answers = read(path, needed, items, scale)
    found = {key: score_labels(of_items, labels, scale) for key, of_items in answers.items()}
    return Scores(columns, found)


def _read_wide(path: Path, keys: Sequence[str], items: Sequence[str], scale: Scale) -> dict[Key, dict[str, float]]:
    rows = csv_rows(path, (*keys, *items), skip_blank=True)
    answers: dict[Key, dict[str, float]] = {}
    for number, row in enumerate(rows):
        key = _key(row, keys, path)
        if key in answers:
            raise DataError(f"{' '.join(key)} has a row already", path, line=row.line)
        scores = {item: _score(rows, number, item, path, scale, item) for item in items}
        answers[key] = {item: score for item, score in scores.items() if score is not None}
    return answers


def _read_long(path: Path, keys: Sequence[str], items: Sequence[str], scale: Scale) -> dict[Key, dict[str, float]]:
    rows = csv_rows(path, (*keys, "item", "score"), skip_blank=True)
    answers: dict[Key, dict[str, float]] = {}
    for number, row in enumerate(rows):
        key, item = _key(row, keys, path), row["item"].strip()
        of_key = answers.setdefault(key, {})
        if item not in items:
            continue
        if item in of_key:
            raise DataError(f"'{item}' of {' '.join(key)} is scored already", path, "item", line=row.line)
        if (score := _score(rows, number, "score", path, scale, item)) is not None:
            of_key[item] = score
    if absent := [item for item in items if not any(item in scores for scores in answers.values())]:
        raise DataError(f"no row has a score for '{absent[0]}'", path, "item")
    return answers


def _key(row: Row, keys: Sequence[str], path: Path) -> Key:
    key = tuple(row[column].strip() for column in keys)
    if not key[0]:
        raise DataError("nobody is named", path, keys[0], line=row.line)
    return key


def _score(rows: Sequence[Row], number: int, column: str, path: Path, scale: Scale, item: str) -> float | None:
    if rows[number][column].strip().lower() in MISSING:
        return None
    score = csv_number(rows, number, column, path, scale.floor, scale.ceiling)
    return None if score is None else scale.count(item, score)


def score_labels(answers: Mapping[str, float], labels: Sequence[str], scale: Scale) -> dict[str, float]:
    """Return the scores of the labels that have all their items.

    Args:
        answers: item -> what its score counts.
        labels: the labels.
        scale: how items become labels.

    Returns:
        Label -> the mean over its items.
    """
    complete = {label: scale.items(label) for label in labels if all(item in answers for item in scale.items(label))}
    return {label: sum(answers[item] for item in items) / len(items) for label, items in complete.items()}
