"""Read tables as spreadsheets, statistics packages and devices write them."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.csv_file import CsvFile
from mpcl_plugins.sources.formats.signal_file import Stretch
from mpcl_plugins.sources.formats.table_dialect import read_dialect

TABLES = {
    "plain": b"Fz,Cz\n1.5,2\n3.5,4\n",
    "byte order mark": b"\xef\xbb\xbfFz,Cz\n1.5,2\n3.5,4\n",
    "latin-1": "Fz,Cz (\u00b5V)\n1.5,2\n3.5,4\n".encode("latin-1"),
    "utf-16": "Fz,Cz\r\n1.5,2\r\n3.5,4\r\n".encode("utf-16"),
    "quotes": b'"Fz","Cz"\n"1.5","2"\n"3.5","4"\n',
    "semicolons": b"Fz;Cz\n1.5;2\n3.5;4\n",
    "semicolons and decimal commas": b"Fz;Cz\n1,5;2\n3,5;4\n",
    "quoted decimal commas": b'Fz,Cz\n"1,5",2\n"3,5",4\n',
    "tabs": b"Fz\tCz\n1.5\t2\n3.5\t4\n",
    "stated delimiter": b"sep=;\nFz;Cz\n1.5;2\n3.5;4\n",
    "comments above": b"%Raw data\n%Channels = 2\n\nFz,Cz\n1.5,2\n3.5,4\n",
    "header in a comment": b"# Fz,Cz\n1.5,2\n3.5,4\n",
    "units under the header": b"Fz,Cz\nuV,uV\n1.5,2\n3.5,4\n",
    "units beside decimal commas": b"Fz;Cz\nuV;uV\n1,5;2\n3,5;4\n",
    "trailing delimiters": b"Fz\tCz\t\n1.5\t2\t\n3.5\t4\t\n",
    "old line ends": b"Fz,Cz\r1.5,2\r3.5,4\r",
}


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_a_table_has_its_values_in_every_dialect(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    file = CsvFile(tmp_path / "x.csv")
    assert file.channels[0].name == "Fz"
    np.testing.assert_array_equal(file.read(file.channels[:1], 100.0, Stretch()).values, [[1.5, 3.5]])
    np.testing.assert_array_equal(file.read(file.channels[1:2], 100.0, Stretch()).values, [[2, 4]])


def test_units_under_the_header_are_those_of_the_channels(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(TABLES["units under the header"])
    assert [channel.unit for channel in CsvFile(tmp_path / "x.csv").channels] == ["uV", "uV"]


def test_rows_of_text_and_missing_cells_are_no_units(tmp_path: Path) -> None:
    for row in ("n/a,n/a", "2020-01-01 10:00:00,n/a"):
        (tmp_path / "x.csv").write_text(f"time,Fz\n{row}\n2020-01-01 10:00:01,2\n")
        assert read_dialect(tmp_path / "x.csv").n_above == 1


@pytest.mark.parametrize("header", ["1.5,2.5", "1486648571.000000", '"1","2"'])
def test_a_table_without_names_is_refused(header: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{header}\n1,2\n")
    with pytest.raises(DataError, match="the first line must name the columns, but holds numbers"):
        read_dialect(tmp_path / "x.csv")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"Fz\0Cz\n1,2\n")
    with pytest.raises(DataError, match="bytes that are no text"):
        read_dialect(tmp_path / "x.csv")


def test_units_may_stand_beside_names(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("subject,gsr\n,uS\ns1,1.5\n")
    assert read_dialect(tmp_path / "x.csv").units == ("", "uS")
    (tmp_path / "x.csv").write_text("subject,gsr\ns0,\ns1,1.5\n")
    assert read_dialect(tmp_path / "x.csv").units == ("", "")


def test_a_short_row_leaves_the_delimiter_of_the_header(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Fz;Cz;Pz\n1,5;2;3\n4;5\n")
    assert read_dialect(tmp_path / "x.csv").delimiter == ";"
