"""Lines of a table -> numbers: in one go where they are plain numbers, cell by cell where one is missing or wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError

MISSING = ("", "n/a", "na", "nan")
"""How a table says that a value is missing (in lower case)."""

_BLOCK = 16_384  # lines at a time


@dataclass(frozen=True)
class Cells:
    """How the lines of a table hold numbers.

    Args:
        path: the file.
        columns: what to name in an error, for each cell of a line.
        delimiter: what stands between two cells.
    """

    path: Path
    columns: Sequence[str]
    delimiter: str = ","

    def numbers(self, lines: Iterable[str], wanted: Sequence[int], row: int = 0) -> Float64[np.ndarray, "n c"]:
        """The numbers in some columns; NaN where one is missing.

        Args:
            lines: of the table, without its header.
            wanted: numbers of the columns.
            row: the number of the first line.

        Raises:
            DataError: a line has another number of cells, or a cell is no number.
        """
        blocks = list(self._blocks(iter(lines), wanted, row))
        return np.concatenate(blocks) if blocks else np.empty((0, len(wanted)))

    def _blocks(self, lines: Iterator[str], wanted: Sequence[int], row: int) -> Iterator[Float64[np.ndarray, "n c"]]:
        while block := list(islice(lines, _BLOCK)):
            values = self._at_once(block, wanted)
            yield self._one_by_one(block, wanted, row) if values is None else values
            row += len(block)

    def _at_once(self, block: list[str], wanted: Sequence[int]) -> Float64[np.ndarray, "n c"] | None:
        """None where the block holds anything but lines of plain numbers."""
        if any(line.count(self.delimiter) != len(self.columns) - 1 for line in block):
            return None
        try:
            values = np.loadtxt(block, delimiter=self.delimiter, usecols=wanted, comments=None, ndmin=2)
        except ValueError:
            return None
        return values if len(values) == len(block) else None

    def _one_by_one(self, block: list[str], wanted: Sequence[int], row: int) -> Float64[np.ndarray, "n c"]:
        values = np.empty((len(block), len(wanted)))
        for number, line in enumerate(block):
            cells = line.split(self.delimiter)
            if len(cells) != len(self.columns):
                message = f"{len(cells)} cells, but {len(self.columns)} are expected"
                raise DataError(message, self.path, row=row + number)
            for place, column in enumerate(wanted):
                values[number, place] = self._number(cells[column].strip(), column, row + number)
        return values

    def _number(self, cell: str, column: int, row: int) -> float:
        if cell.lower() in MISSING:
            return np.nan
        try:
            return float(cell)
        except ValueError:
            raise DataError(f"'{cell[:50]}' is no number", self.path, self.columns[column], row) from None


def without_blank_end(lines: Iterable[str]) -> Iterator[str]:
    """The lines, without empty ones behind the last that is not."""
    blank: list[str] = []
    for line in lines:
        if line.strip():
            yield from blank
            blank.clear()
            yield line
        else:
            blank.append(line)
