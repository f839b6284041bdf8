"""Tables of text, with errors that name the column and the row."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit import csv_table
from mpcl_core.toolkit.csv_table import csv_header, csv_number, csv_numbers, csv_rows


def table(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_rows_are_text_by_column(tmp_path: Path) -> None:
    path = table(tmp_path, 'a,b\n1,"x, y"\n\n2,\n')
    assert csv_rows(path, ("a",)) == [{"a": "1", "b": "x, y"}, {"a": "2", "b": ""}]


def test_the_suffix_states_the_delimiter(tmp_path: Path) -> None:
    assert csv_rows(table(tmp_path, "a\tb\n1\t2\n", "t.TSV"), ()) == [{"a": "1", "b": "2"}]
    assert csv_header(table(tmp_path, " a ; x,b\n", "t.txt")) == ["a ; x", "b"]


def test_blank_rows_are_left_out_on_request(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b\n,\n1,2\n,,\n")
    assert csv_rows(path, (), skip_blank=True) == [{"a": "1", "b": "2"}]
    with pytest.raises(DataError, match="row 2: 3 cells, but the header has 2"):
        csv_rows(path, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no header"),
        ("a,b\n1,2", "c: there is no such column. The table has: a, b"),
        ("a,c,a\n1,2,3", "a: this column appears twice"),
        ("a,c\n1", "row 0: 1 cells, but the header has 2"),
        ('a,c\n1,"2', "not a table that can be read"),
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
    rows, path = [{"a": " 2.5 "}, {"a": " "}, {"a": "7"}, {"a": "nan"}], tmp_path / "t.csv"
    assert csv_number(rows, 0, "a", path, 0.0, 5.0) == 2.5
    assert csv_number(rows, 1, "a", path, 0.0, 5.0) is None
    for row, text in ((2, "7"), (3, "nan")):
        with pytest.raises(DataError, match=f"a, row {row}: '{text}' is not a number from 0 to 5"):
            csv_number(rows, row, "a", path, 0.0, 5.0)


def test_numbers_of_columns_are_those_of_their_cells(tmp_path: Path) -> None:
    rows = csv_rows(table(tmp_path, "a,b,c\n1, 2.5 ,x\n,-3,y\n"), ["a", "b"])
    np.testing.assert_array_equal(csv_numbers(rows, ["a", "b"], tmp_path, -5.0, 5.0), [[1, 2.5], [np.nan, -3]])
    assert csv_numbers([], ["a", "b"], tmp_path, 0.0, 1.0).shape == (0, 2)


@pytest.mark.parametrize("cell", ["7", "nan", "x"])
def test_numbers_of_columns_name_the_first_invalid_cell(tmp_path: Path, cell: str) -> None:
    rows = csv_rows(table(tmp_path, f"a,b\n1,2\n,{cell}\n9,9\n"), ["a", "b"])
    with pytest.raises(DataError, match=rf"b, row 1: '{cell}' is not a number from 0 to 5"):
        csv_numbers(rows, ["a", "b"], tmp_path, 0.0, 5.0)


def test_line_of_any_length_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "LONGEST_LINE", 10)
    assert csv_rows(table(tmp_path, "a,b\n1234567,8\n"), ()) == [{"a": "1234567", "b": "8"}]
    with pytest.raises(DataError, match="a line has more than 10 characters"):
        csv_rows(table(tmp_path, "a,b\n12345678,9\n"), ())
    with pytest.raises(DataError, match="not a table that can be read"):
        csv_header(table(tmp_path, "a,bbbbbbbbbbb\n"))
