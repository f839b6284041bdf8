"""Read small tables of text (.csv, .tsv) with errors that name the file, the column and the line.

Spreadsheets of many countries write semicolons between the cells of a .csv, and commas in its numbers; both are read.
Tables of signals, which are large, are read by the formats of the sources.
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOBase
from itertools import chain
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.errors import DataError

DELIMITERS = {".csv": ",", ".tsv": "\t"}
"""Suffix -> what separates two cells; a comma in files with another suffix."""
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*\Z")

LONGEST_LINE = 2**24
"""Characters of the longest line that is read."""


class Row(dict[str, str]):
    """Map the columns of a table to the cells of one of its rows, and hold where the row stands.

    Args:
        cells: column -> the text of the cell.
        line: the line of the file at which the row begins, counted from 1 as editors do.

    Example:
        >>> row = Row({"subject": "s01", "happy": "3"}, line=2)
        >>> row["happy"], row.line
        ('3', 2)
    """

    __slots__ = ("line",)

    def __init__(self, cells: Mapping[str, str] | Iterable[tuple[str, str]], line: int) -> None:
        super().__init__(cells)
        self.line = line


class LongLineError(ValueError):
    """Report a line of a table that is longer than allowed."""


def csv_header(path: Path) -> list[str]:
    r"""Return the names of the columns of a table, without spaces around them.

    Args:
        path: the table.

    Returns:
        The cells of the first line.

    Raises:
        DataError: the file is not text, or its first line is not a line of cells.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     table = Path(folder) / "ratings.csv"
        ...     _ = table.write_text("subject,happy\ns01,3\ns02,\n")
        ...     csv_header(table)
        ['subject', 'happy']
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            line = next(bounded_lines(file))
            (cells,) = csv.reader([line], delimiter=_delimiter(path, line), strict=True)
    except UnicodeDecodeError as error:
        raise _no_text(error, path) from error
    except (csv.Error, StopIteration, ValueError) as error:
        raise DataError("not a table that can be read: there is no header", path) from error
    return [cell.strip() for cell in cells]


def bounded_lines(file: TextIOBase) -> Iterator[str]:
    r"""Yield the lines of a table, none of which may be longer than `LONGEST_LINE`.

    Args:
        file: the open table.

    Yields:
        Its lines with their ends.

    Raises:
        LongLineError: a line is longer.

    Example:
        >>> from io import StringIO
        >>> list(bounded_lines(StringIO("subject,happy\ns01,3\n")))
        ['subject,happy\n', 's01,3\n']
    """
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise LongLineError(f"a line has more than {LONGEST_LINE} characters, which are too many")
        yield line


def csv_rows(path: Path, columns: Sequence[str], *, skip_blank: bool = False) -> list[Row]:
    r"""Return the rows under the header of a table, as text.

    Args:
        path: the table.
        columns: the columns that it must have.
        skip_blank: whether rows of empty cells are left out, whatever their number of cells.

    Returns:
        The rows; empty lines are left out.

    Raises:
        DataError: the file is missing or not text, has no header or lacks one of ``columns``, a column appears twice,
            or a row has more or fewer cells than the header.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     table = Path(folder) / "ratings.csv"
        ...     _ = table.write_text("subject,happy\ns01,3\ns02,\n")
        ...     csv_rows(table, ["subject"])[0]
        {'subject': 's01', 'happy': '3'}
    """
    lines = _lines(path, skip_blank)
    _, header = next(lines, (0, []))
    if not header:
        raise DataError("not a table that can be read: there is no header", path)
    for column in columns:
        if column not in header:
            raise DataError(f"there is no such column. The table has: {', '.join(header)}", path, column)
    if repeated := [column for column in header if header.count(column) > 1]:
        raise DataError("this column appears twice", path, repeated[0])
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            raise DataError(f"{len(cells)} cells, but the header has {len(header)}", path, line=line)
        rows.append(Row(zip(header, cells, strict=True), line))
    return rows


def csv_number(rows: Sequence[Row], row: int, column: str, path: Path, low: float, high: float) -> float | None:
    """Return the number in a cell, or None where the cell is empty.

    Args:
        rows: the rows of the table.
        row: the index of the row, from 0.
        column: the name of the column.
        path: the table, for the error.
        low: the lowest number that is accepted.
        high: the highest number that is accepted.

    Returns:
        The number.

    Raises:
        DataError: the cell holds anything but a number from ``low`` to ``high``.

    Example:
        >>> csv_number([Row({"happy": "3"}, line=2)], 0, "happy", Path("ratings.csv"), low=0.0, high=5.0)
        3.0
    """
    text = rows[row][column].strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise DataError(f"'{text}' is not a number from {low:g} to {high:g}", path, column, line=rows[row].line)
    return number


def csv_numbers(
    rows: Sequence[Row], columns: Sequence[str], path: Path, low: float, high: float
) -> Float64[np.ndarray, "N c"]:
    """Return the numbers in some columns of all rows, much faster than cell by cell.

    Args:
        rows: the N rows of the table.
        columns: the names of the c columns.
        path: the table, for the error.
        low: the lowest number that is accepted.
        high: the highest number that is accepted.

    Returns:
        (N, c) numbers, NaN where a cell is empty.

    Raises:
        DataError: a cell holds anything but a number from ``low`` to ``high``; names the first, row by row.

    Example:
        >>> rows = [Row({"happy": "3", "sad": ""}, line=2), Row({"happy": "1", "sad": "5"}, line=3)]
        >>> csv_numbers(rows, ["happy", "sad"], Path("ratings.csv"), low=0.0, high=5.0).tolist()
        [[3.0, nan], [1.0, 5.0]]
    """
    cells = [[row[column].strip() for column in columns] for row in rows]
    is_empty = np.array([[not cell for cell in line] for line in cells], bool).reshape(len(rows), len(columns))
    try:
        numbers = np.array([[cell or "nan" for cell in line] for line in cells], np.float64).reshape(is_empty.shape)
        wrong = ~is_empty & ~((low <= numbers) & (numbers <= high))
    except ValueError:
        numbers, wrong = np.full(is_empty.shape, np.nan), ~is_empty
    for row, column in np.argwhere(wrong).tolist():
        csv_number(rows, row, columns[column], path, low, high)
    return numbers


def _delimiter(path: Path, header: str) -> str:
    usual = DELIMITERS.get(path.suffix.lower(), ",")
    return ";" if usual not in header and ";" in header else usual


def _no_text(error: UnicodeDecodeError, path: Path) -> DataError:
    byte = error.object[error.start]
    return DataError(f"not text in UTF-8: it has a byte {byte:#04x}. Save the table as UTF-8 (CSV UTF-8)", path)


def _lines(path: Path, skip_blank: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of the header and of each row, with the line at which it begins.

    Yields:
        Pairs of line and cells.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    line = 1
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = bounded_lines(file)
            first = next(lines, "")
            delimiter = _delimiter(path, first)
            reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
            for cells in reader:
                if any(cells) if skip_blank else cells:
                    yield line, [_with_point(cell) for cell in cells] if delimiter == ";" else cells
                line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"not a table that can be read ({error})", path, line=line) from error
    except UnicodeDecodeError as error:
        raise _no_text(error, path) from error
    except (OSError, ValueError) as error:
        raise DataError(f"not a table that can be read ({error})", path) from error


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.match(cell) else cell
