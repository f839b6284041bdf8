"""Reads csv files. A DataError says what is wrong with one, naming file, column and row."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from mpcl_core.plugin import DataError

Row = dict[str, str]


def table(path: Path, columns: Sequence[str]) -> list[Row]:
    """The rows under the header, as text.

    Raises:
        DataError: there is no such file, it is no text, lacks one of ``columns``, or a row is too short or
            too long.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            rows, header = list(reader), reader.fieldnames or ()
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"not a csv file that can be read ({error})", path) from error
    for column in columns:
        if column not in header:
            raise DataError("there is no such column", path, column)
    for number, row in enumerate(rows):
        if None in row or None in row.values():
            raise DataError(f"has not the {len(header)} cells of the header", path, row=number)
    return rows


def value(rows: Sequence[Row], row: int, column: str, path: Path, low: float, high: float) -> float | None:
    """The number in a cell, or None where the cell is empty.

    Raises:
        DataError: it is no number from ``low`` to ``high``.
    """
    text = rows[row][column].strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise DataError(f"'{text}' is no number from {low:g} to {high:g}", path, column, row)
    return number
