"""Read the columns of a table of text (.csv, .tsv) in any dialect that tables of signals may have, too."""

import csv
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._table.table_file import TableFile
from mpcl_plugins.sources.formats.number_lines import MISSING, NumberLines
from mpcl_plugins.sources.formats.table_dialect import read_dialect
from mpcl_plugins.sources.formats.table_lines import TableLines, naming_lines


class TextTable(TableFile):
    """Read a table of text. Rows of empty cells, which spreadsheets leave behind, are skipped."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._dialect = read_dialect(path)
        header = self._dialect.header
        if twice := [name for name in header if name and header.count(name) > 1]:
            raise DataError("this column appears twice", path, twice[0])
        self._blank = f'{self._dialect.delimiter}" \t\r\n'
        self._lines = TableLines(path, self._dialect, lambda line: bool(line.strip(self._blank)))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, self._dialect.header))

    @property
    def units(self) -> dict[str, str]:
        return {name: unit for name, unit in zip(self._dialect.header, self._dialect.units, strict=True) if unit}

    def text(self, columns: Sequence[str]) -> list[list[str]]:
        wanted = [self._places[column] for column in columns]
        found: list[list[str]] = [[] for _ in wanted]
        with self._lines.following() as lines:
            for row, line in enumerate(lines):
                try:
                    cells = next(csv.reader([line], delimiter=self._dialect.delimiter))
                except csv.Error as error:
                    raise self.error(f"cannot be read ({error})", "", row) from error
                if len(cells) != len(self._places):
                    raise self.error(f"{len(cells)} cells, but the header has {len(self._places)}", "", row)
                for values, place in zip(found, wanted, strict=True):
                    cell = cells[place].strip()
                    values.append("" if cell.lower() in MISSING else cell)
        return found

    def numbers(self, columns: Sequence[str]) -> Float64[np.ndarray, "N c"]:
        dialect = self._dialect
        parser = NumberLines(self.path, dialect.header, dialect.delimiter, decimal_comma=dialect.decimal_comma)
        with self._lines.following() as lines, naming_lines(self._lines.line_of):
            return parser.numbers(lines, [self._places[column] for column in columns])

    def place(self, row: int) -> str:
        return f"line {self._lines.line_of(row)}"

    def error(self, message: str, column: str, row: int) -> DataError:
        return DataError(message, self.path, column, line=self._lines.line_of(row))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name or f"column {place}": place for place, name in enumerate(self._dialect.header)}
