"""The archive of a wristband: a rate and a start a table, and faults that name the table."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file
from support.folder_study import e4
from support.signal_reading import declare, read

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("place", ["folder", "packed with its folder"])
def test_a_wristband_may_lie_in_a_folder(place: str, tmp_path: Path) -> None:
    eda = RNG.uniform(0, 9, (40, 1)).round(3)
    e4(tmp_path / "x.zip", {"EDA": (1e9 + 1, 4.0, eda), "BVP": (1e9 + 2, 64.0, np.ones((640, 1)))})
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        archive.extractall(tmp_path / "S1")
    path = tmp_path / "S1"
    if place != "folder":
        path = tmp_path / "packed.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("EDA", "BVP", "IBI"):
                archive.write(tmp_path / "S1" / f"{name}.csv", f"S1/{name}.csv")
                archive.writestr(f"__MACOSX/S1/._{name}.csv", b"\0\1")
    signal = read(path, declare("EDA", sfreq=4.0, unit="uS", part="EDA"))
    np.testing.assert_array_equal(signal.values[0], eda[:, 0].astype(np.float32))
    assert open_file(path).start == (1e9 + 1, "utc")


RATES = {"BVP": 64.0, "EDA": 4.0, "TEMP": 4.0, "HR": 1.0}
E4_UNITS = {"BVP": "", "EDA": "uS", "TEMP": "degC", "HR": "bpm"}


@pytest.mark.slow
@pytest.mark.parametrize("part", RATES)
def test_a_real_wristband_has_the_rates_of_its_second_lines(part: str, data_dir: Path) -> None:
    path = data_dir / "wesad" / "S3" / "S3_E4_Data.zip"
    with zipfile.ZipFile(path) as archive:
        starts = {name: float(archive.read(f"{name}.csv").split()[0]) for name in RATES}
        lines = archive.read(f"{part}.csv").split()
    assert float(lines[1]) == RATES[part]
    signal = read(path, declare(part, sfreq=RATES[part], unit=E4_UNITS[part], part=part))
    np.testing.assert_allclose(signal.values[0], np.array(lines[2:], float), rtol=1e-6)
    assert signal.start == starts[part] - min(starts.values())
    with pytest.raises(DataError, match=f"{RATES[part]:g} Hz in the file, but 32 Hz were declared"):
        read(path, declare(part, sfreq=32.0, part=part))


def test_a_heart_rate_that_starts_later_keeps_its_time(tmp_path: Path) -> None:
    made = {"BVP": RNG.normal(size=(64 * 40, 1)), "HR": RNG.normal(70, 5, (30, 1)), "ACC": RNG.normal(size=(40, 3))}
    start = 1495437325.0
    e4(tmp_path / "x.zip", {name: (start + 10 * (name == "HR"), RATES.get(name, 1.0), v) for name, v in made.items()})
    late = read(tmp_path / "x.zip", declare("HR", sfreq=1.0, unit="bpm", part="HR"), 4.5, 20.0)
    np.testing.assert_allclose(late.values[0], made["HR"][:10, 0], rtol=1e-5)
    assert late.start == 5.5
    inside = read(tmp_path / "x.zip", declare("HR", sfreq=1.0, part="HR"), 12.5, 20.0)
    np.testing.assert_allclose(inside.values[0], made["HR"][3:10, 0], rtol=1e-5)
    assert inside.start == 0.5
    moved = read(tmp_path / "x.zip", declare("z", "x", sfreq=1.0, unit="1/64 g", part="ACC"))
    np.testing.assert_allclose(moved.values, made["ACC"].T[[2, 0]], rtol=1e-4, atol=1e-4)
    with pytest.raises(DataError, match="uS was declared"):
        read(tmp_path / "x.zip", declare("HR", sfreq=1.0, unit="uS", part="HR"))
    for part, printed in (("", "no part of it was declared. It has: ACC, BVP, HR"), ("IBI", "there is no part 'IBI'")):
        with pytest.raises(DataError, match=printed):
            read(tmp_path / "x.zip", declare("x", part=part))


def damaged_zip(path: Path) -> None:
    e4(path, {"EDA": (1e9, 4.0, RNG.normal(size=(400, 1)))})
    content = bytearray(path.read_bytes())
    content[content.index(b"EDA.csv") + 60] ^= 4
    path.write_bytes(content)


def test_a_damaged_archive_of_a_wristband(tmp_path: Path) -> None:
    damaged_zip(tmp_path / "x.zip")
    with pytest.raises(DataError, match=r"x\.zip, EDA\.csv: "):
        read(tmp_path / "x.zip", declare("EDA", sfreq=4.0, part="EDA"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e9\n4\nx\n", "EDA.csv EDA, line 3: 'x' is not a number"),
        ("1e9\nfour\n1\n", "line 2: 'four' is not a number"),
        ("1e9\n0\n1\n", "'0' in its first two lines is not one number above 0"),
        ("1e9\nnan\n1\n", "'nan' in its first two lines is not one number above 0"),
        ("1e9, 2e9\n4, 4\n1,1\n", "line 1: 2 cells, but 1 are expected"),
        ("1e9\n", "holds no values of"),
        ("", "holds no values of"),
    ],
)
def test_a_fault_of_a_wristband_names_the_table(text: str, message: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("EDA.csv", text)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.zip", declare("EDA", sfreq=4.0, part="EDA"))
    assert message in str(caught.value)


def test_an_archive_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(io.BytesIO(b"PK\x03\x04 and no more").read())
    with pytest.raises(DataError, match="cannot be read"):
        open_file(tmp_path / "x.zip")
