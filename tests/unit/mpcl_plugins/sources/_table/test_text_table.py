"""Tables of text have text and numbers in their columns, whatever their dialect, with lines in errors."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._table.text_table import TextTable


def test_columns_are_text_or_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('subject,note,x\ns1,"a, b",1.5\ns2,NA,\n\ns3,"c, d",2\n,,\n')
    table = TextTable(tmp_path / "t.csv")
    assert table.names == ("subject", "note", "x")
    np.testing.assert_array_equal(table.numbers(["x"])[:, 0], [1.5, np.nan, 2])
    assert table.text(["subject", "x"]) == [["s1", "s2", "s3"], ["1.5", "", "2"]]
    assert (table.place(2), str(table.error("no", "x", 2))) == ("line 5", f"{tmp_path / 't.csv'}, x, line 5: no")


def test_text_keeps_its_commas_beside_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("subject;x\na,b;1,5\n")
    table = TextTable(tmp_path / "t.csv")
    assert table.text(["subject"]) == [["a,b"]]
    assert table.numbers(["x"]).tolist() == [[1.5]]


def test_units_stand_under_the_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("subject,x,y\n,mV,\np,2,3\nq,3,4\n")
    table = TextTable(tmp_path / "t.csv")
    assert table.units == {"x": "mV"}
    assert table.text(["subject"]) == [["p", "q"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subject,x,x\ns1,1,2\n", r"t\.csv, x: this column appears twice"),
        ("subject;x;y\ns1;1;2\ns2;1\n", r"t\.csv, line 3: 2 cells, but the header has 3"),
        ('subject,x\n"two\nlines",1\n', r"t\.csv: not a table .*; remove line breaks within cells"),
        (f"subject,x\n{'s' * 200_000},1\n", r"t\.csv, line 2: cannot be read \(field larger than field limit"),
        ("", "there is no header"),
    ],
)
def test_a_broken_table_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        TextTable(tmp_path / "t.csv").text(["subject"])
