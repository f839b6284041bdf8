"""Read and write manifests of recordings that are to be predicted, with or without ratings."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.toolkit.csv_table import Row, csv_header, csv_rows
from mpcl_core.toolkit.ratings import IMPUTED

EMPTY = ("", "n/a", "na", "nan")
"""Cells of a manifest without a file or a score, in lower case."""

NAMES = ("subject", "trial")
"""The columns by which a manifest is recognised."""

OPTIONAL = ("session", "condition", "stimulus", "start", "stop", "clock")
"""Other columns of a manifest that a prediction needs."""


def manifest_entries(path: Path, columns: Mapping[str, str], labels: Sequence[str]) -> list[Row]:
    """Read the rows of a manifest of recordings that are to be predicted.

    Args:
        path: the manifest.
        columns: modality -> the column with its files in the training; one named after the modality goes first.
        labels: the columns with scores that are kept.

    Returns:
        A row each: modality -> the absolute path of its file, and what the other columns state.

    Raises:
        DataError: no column is named after a modality, or no row names a file.
    """
    header = csv_header(path)
    present = {name: name if name in header else column for name, column in columns.items()}
    present = {name: column for name, column in present.items() if column in header}
    if not present:
        wanted = ", ".join(dict.fromkeys((*columns, *columns.values())))
        raise DataError(f"has no column with files named {wanted}. It has: {list_names(header)}", path)
    rows = []
    for row in csv_rows(path, NAMES, skip_blank=True):
        files = {
            name: row[column].strip() for name, column in present.items() if row[column].strip().lower() not in EMPTY
        }
        cells = {name: row[name] for name in (*NAMES, *OPTIONAL, *labels) if name in row}
        paths = {name: str((path.parent / file).absolute()) for name, file in files.items()}
        rows.append(Row(cells | paths, row.line))
    if not rows:
        raise DataError("has no rows", path)
    if not any(row.keys() & present.keys() for row in rows):
        empty = ", ".join(dict.fromkeys(present.values()))
        raise DataError(f"names no file: the cells of {empty} are empty in all {len(rows)} rows", path)
    return rows


def rated_entries(
    path: Path, rows: Sequence[Row], labels: Sequence[str], missing: str, on_message: Callable[[str], None]
) -> list[Row]:
    """Return the rows of a manifest that have the scores they need, and state how many lack some.

    Args:
        path: the manifest, for messages.
        rows: its rows.
        labels: the emotions.
        missing: what replaces a missing score: ``floor`` or ``mean``; ``drop``: a row needs all scores.
        on_message: called with the numbers of rows that are left out or lack some scores.

    Returns:
        The rows with scores.

    Raises:
        DataError: the manifest lacks the column of an emotion, or no row has the scores.
    """
    if lacking := [label for label in labels if label not in rows[0]]:
        raise DataError(f"has no ratings of {', '.join(lacking)}: a column with scores is needed for each", path)
    counts = [sum(row[label].strip().lower() not in EMPTY for label in labels) for row in rows]
    needed = 1 if missing in IMPUTED else len(labels)
    rated = [row for row, count in zip(rows, counts, strict=True) if count >= needed]
    if not rated:
        what = "a score for any" if needed == 1 else "a score for each"
        raise DataError(f"holds no ratings: none of its {len(rows)} rows has {what} of {', '.join(labels)}", path)
    if unrated := len(rows) - len(rated):
        lack = "have no score" if needed == 1 else "lack a score"
        on_message(f"{path.name}: {unrated} of {len(rows)} rows {lack} and are left out")
    if filled := sum(needed <= count < len(labels) for count in counts):
        on_message(f"{path.name}: {filled} of {len(rows)} rows lack some scores, taken as {IMPUTED[missing]}")
    return rated


def write_manifest(path: Path, rows: Sequence[Row], labels: Sequence[str]) -> None:
    """Write a manifest with a column for each emotion, each row at its own line.

    Args:
        path: the file to write.
        rows: its rows, in the order of their lines.
        labels: the emotions; a row without a score has 1 for each.
    """
    columns = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in labels]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, *labels])
        line = 2
        for row in rows:
            cells = [*(row.get(name, "") for name in columns), *(row.get(label, "1") for label in labels)]
            writer.writerows([[]] * (row.line - line))  # blank lines
            writer.writerow(cells)
            line = row.line + 1 + sum(cell.count("\n") for cell in cells)
