"""Tables of text, with errors that name the column and the line."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit import csv_table
from mpcl_core.toolkit.csv_table import Row, csv_header, csv_number, csv_numbers, csv_rows


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_text_by_column(tmp_path: Path) -> None:
    path = table(tmp_path, 'a,b\n1,"x, y"\n\n2,\n')
    assert csv_rows(path, ("a",)) == [{"a": "1", "b": "x, y"}, {"a": "2", "b": ""}]


def test_the_suffix_states_the_delimiter(tmp_path: Path) -> None:
    assert csv_rows(table(tmp_path, "a\tb\n1\t2\n", "t.TSV"), ()) == [{"a": "1", "b": "2"}]
    assert csv_header(table(tmp_path, " a ; x,b\n", "t.txt")) == ["a ; x", "b"]


def test_semicolons_and_decimal_commas_of_spreadsheets_are_read(tmp_path: Path) -> None:
    path = table(tmp_path, "\ufeffa;b;note\n1,5;-2;x, y\n")
    assert csv_header(path) == ["a", "b", "note"]
    assert csv_rows(path, ("a",)) == [{"a": "1.5", "b": "-2", "note": "x, y"}]


def test_text_in_another_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-16")
    for read in (csv_header, lambda path: csv_rows(path, ())):
        with pytest.raises(DataError, match=r"t\.csv: not text in UTF-8: it has a byte 0xff\. Save the table as UTF-8"):
            read(path)


def test_blank_rows_are_left_out_on_request(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b\n,\n1,2\n,,\n")
    assert csv_rows(path, (), skip_blank=True) == [{"a": "1", "b": "2"}]
    with pytest.raises(DataError, match="line 4: 3 cells, but the header has 2"):
        csv_rows(path, ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,b\n1,2\n7,2\n", 3),
        ("a,b\n\n1,2\n,\n\n7,2\n", 6),
        ("a,b\r\n\r\n1,2\r\n7,2\r\n", 4),
        ('"a",b\n1,"two\nlines, and\n\nmore"\n7,"a\nb"\n', 6),
        ('a,"b\nin two lines"\n1,2\n7,2\n', 4),
        ("\n\na,b\n7,2\n", 4),
    ],
)
def test_errors_name_the_line_that_an_editor_shows(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    rows = csv_rows(path, ("a",), skip_blank=True)
    assert text.splitlines()[rows[-1].line - 1].startswith("7,")
    with pytest.raises(DataError, match=rf"t\.csv, a, line {line}: '7' is not a number") as one:
        csv_number(rows, len(rows) - 1, "a", path, 0.0, 5.0)
    with pytest.raises(DataError) as many:
        csv_numbers(rows, ["a"], path, 0.0, 5.0)
    assert str(many.value) == str(one.value)
    path.write_bytes(text.encode().replace(b"7,", b"7,0,"))
    with pytest.raises(DataError, match=rf"t\.csv, line {line}: 3 cells, but the header has 2"):
        csv_rows(path, ("a",), skip_blank=True)


def test_a_row_keeps_its_line_in_another_process() -> None:
    row = pickle.loads(pickle.dumps(Row({"a": "1"}, line=7)))
    assert (row, row.line) == ({"a": "1"}, 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no header"),
        ("a,b\n1,2", "c: there is no such column. The table has: a, b"),
        ("a,c,a\n1,2,3", "a: this column appears twice"),
        ("a,c\n1", "line 2: 1 cells, but the header has 2"),
        ('a,c\n1,"2', "t.csv, line 2: not a table that can be read"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        csv_rows(table(tmp_path, text), ("c",))
    assert message in str(caught.value)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        csv_rows(tmp_path / "t.csv", ())


def test_numbers_are_bounded_and_empty_cells_are_none(tmp_path: Path) -> None:
    path, cells = tmp_path / "t.csv", (" 2.5 ", " ", "7", "nan")
    rows = [Row({"a": cell}, line) for line, cell in enumerate(cells, 2)]
    assert csv_number(rows, 0, "a", path, 0.0, 5.0) == 2.5
    assert csv_number(rows, 1, "a", path, 0.0, 5.0) is None
    for row, text in ((2, "7"), (3, "nan")):
        with pytest.raises(DataError, match=f"a, line {row + 2}: '{text}' is not a number from 0 to 5"):
            csv_number(rows, row, "a", path, 0.0, 5.0)


def test_numbers_of_columns_are_those_of_their_cells(tmp_path: Path) -> None:
    rows = csv_rows(table(tmp_path, "a,b,c\n1, 2.5 ,x\n,-3,y\n"), ["a", "b"])
    np.testing.assert_array_equal(csv_numbers(rows, ["a", "b"], tmp_path, -5.0, 5.0), [[1, 2.5], [np.nan, -3]])
    assert csv_numbers([], ["a", "b"], tmp_path, 0.0, 1.0).shape == (0, 2)


@pytest.mark.parametrize("cell", ["7", "nan", "x"])
def test_numbers_of_columns_name_the_first_invalid_cell(tmp_path: Path, cell: str) -> None:
    rows = csv_rows(table(tmp_path, f"a,b\n1,2\n,{cell}\n9,9\n"), ["a", "b"])
    with pytest.raises(DataError, match=rf"b, line 3: '{cell}' is not a number from 0 to 5"):
        csv_numbers(rows, ["a", "b"], tmp_path, 0.0, 5.0)


def test_line_of_any_length_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "LONGEST_LINE", 10)
    assert csv_rows(table(tmp_path, "a,b\n1234567,8\n"), ()) == [{"a": "1234567", "b": "8"}]
    with pytest.raises(DataError, match="a line has more than 10 characters"):
        csv_rows(table(tmp_path, "a,b\n12345678,9\n"), ())
    with pytest.raises(DataError, match="not a table that can be read"):
        csv_header(table(tmp_path, "a,bbbbbbbbbbb\n"))
