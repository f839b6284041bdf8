"""Every kind of file that a study of one's own may hold, against values that are worked out here."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Signal
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_plugins.sources._folder.declared import Declared, match_channels
from mpcl_plugins.sources.formats import optional_library
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Stretch
from support.folder_study import e4, edf

RNG = np.random.default_rng(0)


def read(path: Path, declared: Declared, start: float = 0.0, stop: float = np.inf) -> Signal:
    file = open_file(path)
    return file.read(match_channels(file.channels, declared, path), declared.sfreq, Stretch(start, stop))


def declare(*channels: str, sfreq: float = 100.0, unit: str = "", part: str = "") -> Declared:
    return Declared(channels=channels, sfreq=sfreq, unit=unit, part=part)


class EdfByHand:
    """What the header fields and the bytes of an EDF or BDF file say, read by their offsets."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        width = 3 if raw[0] == 0xFF else 2
        n, records, seconds = int(raw[252:256]), int(raw[236:244]), float(raw[244:252])
        at = 256 + np.cumsum([0, 16, 80, 8, 8, 8, 8, 8, 80, 8]) * n

        def texts(field: int, size: int) -> list[str]:
            return [raw[at[field] + size * i : at[field] + size * (i + 1)].decode("latin-1").strip() for i in range(n)]

        self.labels, self.units = texts(0, 16), texts(2, 8)
        low, high, lowest, highest = (np.array(texts(field, 8), float) for field in (3, 4, 5, 6))
        samples = np.array(texts(8, 8), int)
        self.sfreq = samples / seconds
        body = np.frombuffer(raw[256 * (n + 1) :], np.uint8).reshape(records, -1)
        edges = np.concatenate([[0], np.cumsum(samples * width)])
        self.values = []
        for i in range(n):
            parts = body[:, edges[i] : edges[i + 1]].reshape(-1, width).astype(np.int64)
            digital = (parts << np.arange(0, 8 * width, 8)).sum(1)
            digital -= (digital >= 1 << (8 * width - 1)).astype(np.int64) << (8 * width)
            self.values.append((digital - lowest[i]) * (high[i] - low[i]) / (highest[i] - lowest[i]) + low[i])


@pytest.mark.parametrize("name", ["chtypes_edf.edf", "multiple_annotation_chans.bdf"])
def test_a_real_recording_has_the_rates_units_and_values_of_its_header(name: str, data_dir: Path) -> None:
    path = data_dir / "edf-bdf" / name
    expected, file = EdfByHand(path), open_file(path)
    signals = [i for i, label in enumerate(expected.labels) if "Annotations" not in label]
    assert [channel.name for channel in file.channels] == [expected.labels[i] for i in signals]
    for channel, i in zip(file.channels, signals, strict=True):
        assert (channel.sfreq, channel.unit) == (expected.sfreq[i], expected.units[i])
        signal = read(path, declare(channel.name, sfreq=expected.sfreq[i], unit=expected.units[i]))
        assert (signal.sfreq, signal.start) == (expected.sfreq[i], 0.0)
        np.testing.assert_allclose(signal.values[0], expected.values[i], rtol=1e-5, atol=1e-6)


def test_a_stretch_of_a_real_recording(data_dir: Path) -> None:
    path = data_dir / "edf-bdf" / "multiple_annotation_chans.bdf"
    expected = EdfByHand(path)
    signal = read(path, declare("C4", "C3", sfreq=125.0, unit="uV"), 10.5, 12.0)
    first, last = np.ceil([10.5 * 125, 12.0 * 125]).astype(int)
    for row, label in enumerate(["C4", "C3"]):
        complete = expected.values[expected.labels.index(label)]
        np.testing.assert_allclose(signal.values[row], complete[first:last], rtol=1e-5)
    assert signal.start == pytest.approx(first / 125 - 10.5)


@pytest.mark.parametrize("suffix", [".edf", ".bdf"])
def test_channels_keep_their_rates_and_units(suffix: str, tmp_path: Path) -> None:
    path, seconds = tmp_path / f"x{suffix}", 6
    rates = {"Fz": 256, "Cz": 256, "GSR": 4}
    made = {name: RNG.uniform(-900, 900, rate * seconds) for name, rate in rates.items()}
    edf(path, made, rates, {"Fz": "uV", "Cz": "uV", "GSR": "uS"})
    step = 2000 / (2**24 if suffix == ".bdf" else 2**16)
    eeg = read(path, declare("Cz", "Fz", sfreq=256.0, unit="uV"))
    np.testing.assert_allclose(eeg.values, np.stack([made["Cz"], made["Fz"]]), atol=step)
    gsr = read(path, declare("GSR", sfreq=4.0, unit="uS"), 2.0, 5.0)
    np.testing.assert_allclose(gsr.values[0], made["GSR"][8:20], atol=step)
    with pytest.raises(DataError, match="4 Hz in the file, but 256 Hz were declared"):
        read(path, declare("Fz", "GSR", sfreq=256.0))
    with pytest.raises(DataError, match="uV in the file, but mV was declared"):
        read(path, declare("Fz", sfreq=256.0, unit="mV"))


def test_an_interrupted_recording_is_refused(tmp_path: Path) -> None:
    edf(tmp_path / "x.edf", {"Fz": np.zeros(512)}, {"Fz": 256}, {"Fz": "uV"}, kind="EDF+D")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "x.edf", declare("Fz", sfreq=256.0))


@pytest.mark.parametrize(
    ("stated", "declared", "same"),
    [
        ("\u00b5V", "uV", True),
        ("\u03bcV", "uV", True),
        ("microvolts", "uV", True),
        ("uV", "\u00b5V", True),
        ("Celsius", "degC", True),
        ("mV", "MV", False),
        ("mS", "uS", False),
        ("", "uV", True),
        ("uV", "", True),
    ],
)
def test_a_unit_may_be_spelt_otherwise(stated: str, declared: str, same: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, eeg=np.zeros((1, 10)), eeg_unit=np.array(stated))
    if same:
        read(path, declare("Fz", unit=declared))
    else:
        with pytest.raises(DataError, match=f"{stated} in the file, but {declared} was declared"):
            read(path, declare("Fz", unit=declared))


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


def test_one_table_of_a_wristband_is_refused(tmp_path: Path) -> None:
    (tmp_path / "EDA.csv").write_text("1486648571.000000\n4.000000\n1.5\n")
    with pytest.raises(DataError, match="a table of an Empatica E4; state its folder"):
        open_file(tmp_path / "EDA.csv")


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


def test_a_real_openface_table_with_spaces_in_its_header(data_dir: Path) -> None:
    path = data_dir / "openface" / "OpenFace_Test.csv"
    assert " AU01_r," in path.read_text().splitlines()[0]
    with path.open() as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    units = [name for name in rows[0] if name.startswith("AU") and name.endswith("_r")]
    assert len(units) == 17
    times = [float(row["timestamp"]) for row in rows]
    rate = (len(times) - 1) / (times[-1] - times[0])
    signal = read(path, declare(*units, sfreq=1000.0))
    assert rate == pytest.approx(signal.sfreq)
    np.testing.assert_allclose(signal.values.T, [[float(row[name]) for name in units] for row in rows], rtol=1e-6)
    with pytest.raises(DataError, match="1000 Hz in the file, but 30 Hz were declared"):
        read(path, declare(*units, sfreq=30.0))


def openface(path: Path, frames: np.ndarray, success: np.ndarray, values: np.ndarray, faces: int = 1) -> None:
    lines = ["frame, face_id, timestamp, confidence, success, AU12_r"]
    for n, ok, value in zip(frames, success, values, strict=True):
        lines += [f"{n + 1}, {face}, {n / 30:.3f}, 0.9, {ok}, {value}" for face in range(faces)]
    path.write_text("\n".join(lines))


def test_frames_without_a_face_and_dropped_frames_are_missing(tmp_path: Path) -> None:
    frames = np.delete(np.arange(300), [100, 200, 201])
    values, success = np.round(RNG.uniform(0, 5, 297), 3), np.ones(297, int)
    success[10:14] = 0
    openface(tmp_path / "face.csv", frames, success, values)
    expected = np.full(300, np.nan, np.float32)
    expected[frames] = np.where(success, values, np.nan)
    signal = read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0))
    np.testing.assert_array_equal(signal.values[0], expected)
    np.testing.assert_array_equal(
        read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0), 3.0, 7.0).values[0], expected[90:210]
    )


def test_two_faces_in_one_table_are_refused(tmp_path: Path) -> None:
    openface(tmp_path / "face.csv", np.arange(9), np.ones(9, int), np.zeros(9), faces=2)
    with pytest.raises(DataError, match="face_id: 2 faces, but a file must hold one"):
        read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0))


def test_a_real_table_of_signals(data_dir: Path) -> None:
    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    expected = np.genfromtxt(path, delimiter=",", names=True)
    signal = read(path, declare("RSP", "ECG", sfreq=100.0), 100.0, 130.0)
    np.testing.assert_allclose(signal.values, [expected["RSP"][10000:13000], expected["ECG"][10000:13000]], rtol=1e-6)


@pytest.mark.parametrize(("suffix", "mark"), [(".csv", ","), (".tsv", "\t")])
def test_a_table_with_missing_values(suffix: str, mark: str, tmp_path: Path) -> None:
    lines = [" a ,b,c", "1,2,x", "3,,x", "n/a,NaN,x", "7,1e1,x", "", ""]
    (tmp_path / f"x{suffix}").write_text("\r\n".join(lines).replace(",", mark))
    signal = read(tmp_path / f"x{suffix}", declare("b", "a"))
    np.testing.assert_array_equal(signal.values, np.array([[2, np.nan, np.nan, 10], [1, 3, np.nan, 7]], np.float32))


def stamped(path: Path, remaining: np.ndarray, sfreq: float, unit: float) -> None:
    times = 1e6 + np.round(remaining / sfreq / unit) * unit
    lines = [f"{time:.6f},{n}" for time, n in zip(times, remaining, strict=True)]
    path.write_text("\n".join(["Time,a", *lines]))


@pytest.mark.parametrize("sfreq", [4.0, 30.0, 128.0, 250.0, 512.0, 700.0, 800.0])
def test_time_stamps_that_were_rounded_to_a_millisecond_are_no_gaps(sfreq: float, tmp_path: Path) -> None:
    stamped(tmp_path / "x.csv", np.arange(3000), sfreq, 0.001)
    np.testing.assert_array_equal(read(tmp_path / "x.csv", declare("a", sfreq=sfreq)).values[0], np.arange(3000))


@pytest.mark.parametrize(("sfreq", "unit"), [(4.0, 1e-3), (30.0, 1e-3), (128.0, 1e-3), (256.0, 1e-3), (700.0, 1e-6)])
def test_rate_and_gaps_follow_from_time_stamps(sfreq: float, unit: float, tmp_path: Path) -> None:
    remaining = np.delete(np.arange(2000), [*range(500, 507), 1400])
    stamped(tmp_path / "x.csv", remaining, sfreq, unit)
    signal = read(tmp_path / "x.csv", declare("a", sfreq=sfreq))
    expected = np.full(2000, np.nan)
    expected[remaining] = remaining
    np.testing.assert_array_equal(signal.values[0], expected)
    for wrong in (2.0, 1.02, 0.5):
        with pytest.raises(DataError, match=f"but {sfreq * wrong:g} Hz were declared"):
            read(tmp_path / "x.csv", declare("a", sfreq=sfreq * wrong))


BAD_TABLES: dict[str, tuple[str, str]] = {
    "text": ("a,b\n1,2\nx,4", "a, row 1: 'x' is not a number"),
    "a row too short": ("a,b\n1,2\n4", "row 1: 1 cells, but 2 are expected"),
    "a row too long": ("a,b\n1,2\n4,5,6", "row 1: 3 cells, but 2 are expected"),
    "an empty row": ("a,b\n1,2\n\n4,5", "row 1: 1 cells, but 2 are expected"),
    "no such column": ("b,c\n1,2", "a: there is no such channel. It has: b, c"),
    "a column twice": ("a,a\n1,2", "a: 2 channels have this name"),
    "infinite": ("a,b\n1,2\n1e39,4", "a, row 1: holds an infinite value"),
    "no rows": ("a,b\n", "there are no rows under the header"),
    "nothing": ("", "there is no header"),
    "time goes back": ("time,a\n0,1\n0.01,2\n0.005,3", "time, row 2: time stamps must increase"),
    "time stands still": ("time,a\n0,1\n0,2\n0.01,3", "time, row 1: time stamps must increase"),
    "no time": ("time,a\n0,1\n,2\n0.01,3", "time, row 1: time stamps must increase"),
    "one time stamp": ("time,a\n0,1", "time: 1 time stamps are too few for a rate"),
    "a leap in time": ("time,a\n0,1\n0.01,2\n0.02,3\n1e9,4", "time, row 3: a gap of 1e"),
}


@pytest.mark.parametrize(("text", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_fault_of_a_table_names_column_and_row(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.csv", declare("a"))
    assert str(caught.value).startswith(str(tmp_path / "x.csv"))
    assert message in str(caught.value)


def test_rows_are_counted_through_a_long_table(tmp_path: Path) -> None:
    lines = [f"{n},{n}" for n in range(40_000)]
    lines[35_000] = "35000,oops"
    (tmp_path / "x.csv").write_text("\n".join(["a,b", *lines]))
    np.testing.assert_array_equal(read(tmp_path / "x.csv", declare("a"), 300.0, 399.0).values[0], np.r_[30000:39900])
    with pytest.raises(DataError, match="b, row 35000: 'oops' is not a number"):
        read(tmp_path / "x.csv", declare("b"), 300.0)


def test_an_archive_of_arrays(tmp_path: Path) -> None:
    eeg, gsr = RNG.normal(size=(3, 512)), RNG.integers(0, 99, 8)
    names = np.array(["Fz", "Cz", "Pz"])
    np.savez_compressed(tmp_path / "x.npz", eeg=eeg, eeg_sfreq=256, eeg_unit="uV", eeg_ch_names=names, gsr=gsr)
    signal = read(tmp_path / "x.npz", declare("Pz", "Fz", sfreq=256.0, unit="uV", part="eeg"), 0.5, 1.0)
    np.testing.assert_allclose(signal.values, eeg[[2, 0], 128:256], rtol=1e-6)
    np.testing.assert_array_equal(read(tmp_path / "x.npz", declare("any", sfreq=4.0, part="gsr")).values[0], gsr)


BAD_ARRAYS: dict[str, tuple[dict[str, np.ndarray], str]] = {
    "another rate": ({"e": np.zeros((2, 9)), "e_sfreq": np.array(50)}, "50 Hz in the file, but 100 Hz were declared"),
    "another count": ({"e": np.zeros((3, 9))}, "e: 3 channels, but 2 were declared"),
    "transposed": ({"e": np.zeros((9, 2))}, "e: 9 channels, but 2 were declared"),
    "long and transposed": (
        {"e": np.zeros((70_000, 2))},
        "e is of shape (70000, 2), but (channels, samples) is expected",
    ),
    "other names": ({"e": np.zeros((2, 9)), "e_ch_names": np.array(["a", "c"])}, "b: there is no such channel"),
    "too many names": ({"e": np.zeros((2, 9)), "e_ch_names": np.array(["a"])}, "e_ch_names: 1 names for 2 channels"),
    "two arrays": ({"e": np.zeros((2, 9)), "f": np.zeros((2, 9))}, "no part of it was declared. It has: e, f"),
    "text": ({"e": np.array(["x", "y"])}, "no part of it was declared. It has: no parts"),
    "objects": ({"e": np.array([{}, {}])}, "no part of it was declared"),
    "infinite": ({"e": np.full((2, 9), np.inf)}, "e, row 0: holds an infinite value"),
    "no samples": ({"e": np.zeros((2, 0))}, "e: there is no sample"),
    "rates": ({"e": np.zeros((2, 9)), "e_sfreq": np.zeros(2)}, "e_sfreq: float64 of shape (2,)"),
    "a unit that is none": ({"e": np.zeros((2, 9)), "e_unit": np.zeros(2)}, "e_unit: float64, but text is expected"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_a_fault_of_an_archive_names_the_array(arrays: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.npz", declare("a", "b"))
    assert message in str(caught.value)


def test_a_gap_in_an_array_stays_one(tmp_path: Path) -> None:
    values = np.array([1.0, np.nan, 3.0])
    np.savez(tmp_path / "x.npz", e=values)
    np.testing.assert_array_equal(read(tmp_path / "x.npz", declare("e")).values[0], values)


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [(12.0, np.inf, "no sample between 12 s and inf s"), (2.0, 13.0, "ends at 10 s, before 13 s")],
)
def test_seconds_that_the_file_does_not_have(start: float, stop: float, message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", e=np.zeros(1000))
    with pytest.raises(DataError, match=message):
        read(tmp_path / "x.npz", declare("e"), start, stop)
    assert read(tmp_path / "x.npz", declare("e"), 2.0, 10.5).values.shape == (1, 800)


@pytest.mark.parametrize("sfreq", [1 / 3, 0.1, 7.3, 100.0, 1024.0 / 3])
def test_every_sample_is_in_one_of_two_stretches(sfreq: float, tmp_path: Path) -> None:
    values = np.arange(round(60 * sfreq), dtype=float)
    np.savez(tmp_path / "x.npz", e=values)
    for edge in (20.0, 33.1, 35.35353):
        parts = [read(tmp_path / "x.npz", declare("e", sfreq=sfreq), *part) for part in ((0.0, edge), (edge, np.inf))]
        np.testing.assert_array_equal(np.concatenate([part.values[0] for part in parts]), values)
        assert 0 <= parts[1].start + 1e-9 < 1 / sfreq + 2e-9
        assert parts[1].start == pytest.approx(float(parts[1].values[0, 0]) / sfreq - edge, abs=1e-9)


def test_an_unknown_kind_names_the_known(tmp_path: Path) -> None:
    (tmp_path / "x.fif").write_text("")
    with pytest.raises(DataError, match=r"no known kind of file. Known: \.csv, .*\.xdf, \.zip"):
        open_file(tmp_path / "x.fif")


@pytest.mark.parametrize(("suffix", "name"), [(".edf", "pyedflib"), (".bdf", "pyedflib"), (".xdf", "pyxdf")])
def test_a_missing_library_error_states_how_to_install_it(
    suffix: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(wanted: str) -> None:
        raise ModuleNotFoundError(f"No module named '{wanted}'")

    monkeypatch.setattr(optional_library, "import_module", absent)
    (tmp_path / f"x{suffix}").write_bytes(b"")
    with pytest.raises(
        PluginError, match=rf"x{suffix}: .* {name}, which is not installed. .*pip install 'mpcl\[bio\]'"
    ):
        open_file(tmp_path / f"x{suffix}")


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
        ("1e9\n4\nx\n", "EDA.csv EDA, row 0: 'x' is not a number"),
        ("1e9\nfour\n1\n", "row 1: 'four' is not a number"),
        ("1e9\n0\n1\n", "'0' in its first two lines is not one number above 0"),
        ("1e9\nnan\n1\n", "'nan' in its first two lines is not one number above 0"),
        ("1e9, 2e9\n4, 4\n1,1\n", "row 0: 2 cells, but 1 are expected"),
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
