"""Turn lines of a table into numbers: a block at once where all are plain numbers, else cell by cell."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError

MISSING = ("", "n/a", "na", "nan")
"""The cells, in lower case, that stand for a missing value."""

_BLOCK = 16_384  # lines at a time
_QUOTE = '"'


@dataclass(frozen=True)
class NumberLines:
    """Hold how the lines of a table are built, and parse them.

    Args:
        path: the file, for errors.
        columns: the names of the cells of a line, for errors.
        delimiter: what separates two cells.
        table: the name of the table within the file, for errors.
        decimal_comma: whether numbers have a comma where others have a point.
    """

    path: Path
    columns: Sequence[str]
    delimiter: str = ","
    table: str = ""
    decimal_comma: bool = False

    def numbers(self, lines: Iterable[str], wanted: Sequence[int], row: int = 0) -> Float64[np.ndarray, "n c"]:
        """Return the numbers in some columns.

        Args:
            lines: n lines of the table, without its header.
            wanted: the indices of the c columns.
            row: the index of the first line, for errors.

        Returns:
            (n, c) numbers, NaN where one is missing.

        Raises:
            DataError: a line has another number of cells, or a cell is not a number.
        """
        blocks = list(self._blocks(iter(lines), wanted, row))
        return np.concatenate(blocks) if blocks else np.empty((0, len(wanted)))

    def _blocks(self, lines: Iterator[str], wanted: Sequence[int], row: int) -> Iterator[Float64[np.ndarray, "n c"]]:
        while block := list(islice(lines, _BLOCK)):
            values = self._at_once(block, wanted)
            yield self._one_by_one(block, wanted, row) if values is None else values
            row += len(block)

    def _at_once(self, block: list[str], wanted: Sequence[int]) -> Float64[np.ndarray, "n c"] | None:
        """Return the numbers of a block, or None where it holds anything but lines of plain numbers.

        Returns:
            (n, c) numbers.
        """
        if any(line.count(self.delimiter) != len(self.columns) - 1 for line in block):
            return None
        lines = [line.replace(",", ".") for line in block] if self.decimal_comma else block
        quote = _QUOTE if _QUOTE in block[0] else None
        try:
            values = np.loadtxt(
                lines, delimiter=self.delimiter, usecols=wanted, comments=None, ndmin=2, quotechar=quote
            )
        except ValueError:
            return None
        return values if len(values) == len(block) else None

    def _one_by_one(self, block: list[str], wanted: Sequence[int], row: int) -> Float64[np.ndarray, "n c"]:
        values = np.empty((len(block), len(wanted)))
        for number, line in enumerate(block):
            cells = self.cells(line)
            if len(cells) != len(self.columns):
                message = f"{len(cells)} cells, but {len(self.columns)} are expected"
                raise DataError(message, self.path, self.table, row + number)
            for place, column in enumerate(wanted):
                values[number, place] = self._number(cells[column].strip(), column, row + number)
        return values

    def cells(self, line: str) -> list[str]:
        """Return the cells of a line, without quotes, and with decimal points.

        Args:
            line: a line of the table.

        Returns:
            The text of each cell.
        """
        cells = (
            next(csv.reader([line], delimiter=self.delimiter), [""]) if _QUOTE in line else line.split(self.delimiter)
        )
        return [cell.replace(",", ".") for cell in cells] if self.decimal_comma else cells

    def _number(self, cell: str, column: int, row: int) -> float:
        if cell.lower() in MISSING:
            return np.nan
        try:
            return float(cell)
        except ValueError:
            field = f"{self.table} {self.columns[column]}".strip()
            raise DataError(f"'{cell[:50]}' is not a number", self.path, field, row) from None


def is_text(cell: str) -> bool:
    """Return whether a cell is neither a number nor missing.

    Args:
        cell: the text.

    Returns:
        Whether it is.
    """
    if cell.strip().lower() in MISSING:
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def without_trailing_blanks(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines without the empty ones behind the last that is not.

    Args:
        lines: lines of a table.

    Yields:
        Lines, empty ones in between included.
    """
    blank: list[str] = []
    for line in lines:
        if line.strip():
            yield from blank
            blank.clear()
            yield line
        else:
            blank.append(line)
