"""Read the lines of a table from any row on."""

from itertools import islice
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit import csv_table
from mpcl_plugins.sources.formats import table_lines
from mpcl_plugins.sources.formats.table_dialect import read_dialect
from mpcl_plugins.sources.formats.table_lines import TableLines, naming_lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_lines_are_found_from_any_row_on(encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_lines, "_MARKED", 4)
    path = tmp_path / "x.csv"
    rows = [f"{number}\n" if number != 13 else "\n" for number in range(30)]
    path.write_text("".join(["# é\n", "Fz\n", *rows, "\n\n"]), encoding=encoding)
    lines = TableLines(path, read_dialect(path))
    for first in (9, 3, 29, 4, 28, 0, 13, 40):
        with lines.following(first) as found:
            assert list(found) == rows[first:]
    with lines.following(5) as found:
        assert list(islice(found, 3)) == rows[5:8]


def test_line_of_any_length_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "LONGEST_LINE", 10)
    path = tmp_path / "x.csv"
    path.write_text("Fz\n1\n" + "2" * 11 + "\n")
    lines = TableLines(path, read_dialect(path))
    with pytest.raises(DataError, match="a line has more than 10 characters"), lines.following() as found:
        list(found)


def test_rows_are_named_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("# comment\n\nFz\n1\n2\nblink\n3\n")
    dialect = read_dialect(path)
    assert [TableLines(path, dialect).line_of(row) for row in range(3)] == [4, 5, 6]
    samples = TableLines(path, dialect, lambda line: line != "blink\n")
    assert [samples.line_of(row) for row in range(3)] == [4, 5, 7]
    with pytest.raises(DataError, match=r"x\.csv, Fz, line 7: wrong"), naming_lines(samples.line_of):
        raise DataError("wrong", path, "Fz", 2)
    with pytest.raises(DataError, match=r"x\.csv: wrong"), naming_lines(samples.line_of):
        raise DataError("wrong", path)
