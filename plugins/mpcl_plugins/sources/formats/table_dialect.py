"""Recognise how a table of samples is written: encoding, lines above the header, delimiter, decimals, quotes, units.

Spreadsheets, statistics packages and devices write tables in many dialects. Only the beginning of the file is read.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import DELIMITERS, DataError
from mpcl_plugins.sources.formats.number_lines import MISSING, is_text

_BYTES = 2**16  # of the beginning of a file
_ROWS = 20  # under the header, by which the dialect is recognised
_COMMENTS = ("#", "%", "//")  # how lines above the header begin
_DELIMITERS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[.:/]\d\d")
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class TableDialect:
    """Hold how a table is written.

    Args:
        encoding: of the text.
        delimiter: what separates two cells.
        decimal_comma: whether numbers have a comma where others have a point.
        header: the names of the columns, without spaces around them.
        units: the unit of each column, from a row under the header; '' where there is none.
        n_above: the number of lines above the first row of values.
    """

    encoding: str
    delimiter: str
    decimal_comma: bool
    header: tuple[str, ...]
    units: tuple[str, ...]
    n_above: int


def read_dialect(path: Path) -> TableDialect:
    """Return how a table is written.

    Args:
        path: the table; its suffix decides the delimiter where the text leaves that open.

    Returns:
        The dialect.

    Raises:
        DataError: the file is not text, or its first line does not name the columns.
    """
    with path.open("rb") as file:
        content = file.read(_BYTES)
        is_complete = not file.read(1)
    encoding = _find_encoding(content, path)
    lines = re.split(r"\r\n|\r|\n", content.decode(encoding, "ignore"))
    lines = lines if is_complete else lines[:-1]
    stated = [found[1] for line in lines[:2] if (found := re.fullmatch(r'"?sep="?([^"])"?', line))]
    n_above = next((n for n, line in enumerate(lines) if not _is_above(line)), len(lines))
    if n_above == len(lines):
        raise DataError("not a table that can be read: there is no header", path)
    if n_above and _is_header_a_comment(lines[n_above - 1 : n_above + 1], DELIMITERS.get(path.suffix.lower(), ",")):
        n_above -= 1
        lines[n_above] = lines[n_above].lstrip("".join(_COMMENTS))
    header_line, rows = lines[n_above], lines[n_above + 1 : n_above + 1 + _ROWS]
    delimiter = stated[0] if stated else _find_delimiter(header_line, rows, DELIMITERS.get(path.suffix.lower(), ","))
    header = tuple(cell.strip() for cell in _cells(header_line, delimiter, path))
    if any(header) and not any(map(is_text, filter(None, header))):
        message = f"the first line must name the columns, but holds numbers: {header_line[:50].strip()}"
        raise DataError(message, path, "header")
    cells = [_cells(row, delimiter, path) for row in rows]
    units = _find_units(cells, len(header))
    values = cells[1:] if any(units) else cells
    decimal_comma = any(_DECIMAL_COMMA.match(cell) for row in values for cell in row)
    return TableDialect(encoding, delimiter, decimal_comma, header, units, n_above + 1 + any(units))


def _find_encoding(content: bytes, path: Path) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" in content:
        raise DataError("not a table that can be read: it holds bytes that are no text", path)
    try:
        content[: content.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _is_above(line: str) -> bool:
    text = line.strip().strip('"')
    return not text or text.startswith((*_COMMENTS, "sep="))


def _is_header_a_comment(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether the last comment names the columns of the numbers under it, as numpy writes.

    Returns:
        Whether it does.
    """
    comment, row = (re.split(rf"[{delimiter};\t]", line) for line in lines)
    return len(comment) == len(row) and not any(map(is_text, row)) and any(map(is_text, comment))


def _find_delimiter(header: str, rows: Sequence[str], usual: str) -> str:
    """Return the delimiter that splits the header and the rows into equally many cells.

    Returns:
        The usual delimiter, unless only another one does, or the usual one leaves one cell. Where rows differ, the one
        that splits the header into most cells, so that the row is named.
    """
    counts = {}
    for delimiter in dict.fromkeys((usual, *_DELIMITERS)):
        sizes = {len(row) for row in csv.reader([header, *(row for row in rows if row.strip())], delimiter=delimiter)}
        counts[delimiter] = sizes.pop() if len(sizes) == 1 else 0
    best = max(counts, key=lambda delimiter: counts[delimiter])
    if counts[best] < 2:
        return max(counts, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter))))
    return usual if counts[usual] > 1 else best


def _find_units(rows: Sequence[Sequence[str]], n_columns: int) -> tuple[str, ...]:
    """Return the cells of the first row where they are text and those under them are none.

    Returns:
        A unit for each column; '' where there is none.
    """
    if len(rows) > 1 and len(rows[0]) == n_columns:
        stated = [column for column, cell in enumerate(rows[0]) if cell.strip()]
        are_units = all(_is_word(rows[0][column]) for column in stated)
        is_followed = not any(
            _is_word(cell) for cell in (rows[1][column] for column in stated if column < len(rows[1]))
        )
        if stated and are_units and is_followed and any(map(_is_number, rows[1])):
            return tuple(cell.strip() for cell in rows[0])
    return ("",) * n_columns


def _is_word(cell: str) -> bool:
    return is_text(cell) and not _DATE.match(cell) and not _DECIMAL_COMMA.match(cell)


def _is_number(cell: str) -> bool:
    return bool(_DECIMAL_COMMA.match(cell)) or (cell.strip().lower() not in MISSING and not is_text(cell))


def _cells(line: str, delimiter: str, path: Path) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        hint = "; remove line breaks within cells" if line.count('"') % 2 else ""
        raise DataError(f"not a table that can be read ({error}){hint}", path) from error
