"""The table of offsets between the watch and the questionnaire."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._wesad.e4 import DAY, OFFSET, offsets


def table(folder: Path, *rows: str, header: str = f"subject,{OFFSET}") -> Path:
    path = folder / "offsets.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def test_offsets_are_read_by_person(tmp_path: Path) -> None:
    path = table(tmp_path, "S2,12.5", " S3 ,-3", "S9,0")
    assert offsets(path, ["S2", "S3"]) == {"S2": 12.5, "S3": -3.0, "S9": 0.0}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["S2,1"], "has no row for S3"),
        (["S2,1", "S3,"], "is empty"),
        (["S2,1", "S3,x"], "x"),
        (["S2,1", f"S3,{2 * DAY}"], "offsets.csv"),
    ],
)
def test_missing_people_and_wrong_cells_are_named(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(DataError) as error:
        offsets(table(tmp_path, *rows), ["S2", "S3"])
    assert message in str(error.value)


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=OFFSET):
        offsets(table(tmp_path, "S2,1", header="subject,offset"), ["S2"])
