"""EDF and BDF files, against values that are worked out here from the bytes."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Timing
from support.folder_study import edf
from support.signal_reading import declare, read

RNG = np.random.default_rng(0)


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
    with pytest.raises(
        DataError, match=r"uV in the file, but uS was declared; declare uV .*header: physical dimension"
    ):
        read(path, declare("Fz", sfreq=256.0, unit="uS"))


def interrupted(path: Path, onsets: list[float]) -> np.ndarray:
    """Write an EDF+D file of records of a second, with the times of its records; return the samples of Fz."""
    n, size = len(onsets), 64
    made = np.rint(RNG.uniform(-900, 900, 256 * n))
    edf(path, {"Fz": made, "EDF Annotations": np.zeros(size * n)}, {"Fz": 256, "EDF Annotations": size}, UNITS, "EDF+D")
    content, record = bytearray(path.read_bytes()), 2 * (256 + size)
    for number, onset in enumerate(onsets):
        begin = 256 * 3 + number * record + 2 * 256
        content[begin : begin + 2 * size] = f"+{onset:g}\x14\x14\0".encode().ljust(2 * size, b"\0")
    path.write_bytes(content)
    return made


UNITS = {"Fz": "uV", "EDF Annotations": ""}


def test_an_interrupted_recording_has_its_gaps(tmp_path: Path) -> None:
    made = interrupted(tmp_path / "x.edf", [0, 1, 4.5, 5.5])
    declared = declare("Fz", sfreq=256.0, unit="uV")
    values = read(tmp_path / "x.edf", declared).values[0]
    expected = np.full(round(6.5 * 256), np.nan)
    expected[:512], expected[1152:] = made[:512], made[512:]
    np.testing.assert_allclose(values, expected, atol=0.02)
    np.testing.assert_allclose(read(tmp_path / "x.edf", declared, 4.0, 5.0).values[0], expected[1024:1280], atol=0.02)
    file = open_file(tmp_path / "x.edf")
    assert file.timing(file.channels, 256.0) == Timing(gaps=1, lost=2.5)


def test_an_interrupted_recording_without_interruptions_is_read(tmp_path: Path) -> None:
    made = interrupted(tmp_path / "x.edf", [0.25, 1.25, 2.25])
    np.testing.assert_allclose(read(tmp_path / "x.edf", declare("Fz", sfreq=256.0)).values[0], made, atol=0.02)
    assert open_file(tmp_path / "x.edf").start == (1577836800.25, "local")


def patched(path: Path, *changes: tuple[int, bytes]) -> None:
    """Write two channels, of which fields of the header are changed."""
    edf(
        path,
        {"Fz": np.linspace(-500, 500, 1280), "aux": np.zeros(1280)},
        {"Fz": 128, "aux": 128},
        {"Fz": "uV", "aux": ""},
    )
    content = bytearray(path.read_bytes())
    for begin, text in changes:
        content[begin : begin + 8] = text.ljust(8)
    path.write_bytes(content)


LOW = 256 + 2 * 104


def test_a_fault_of_a_channel_concerns_that_channel_only(tmp_path: Path) -> None:
    patched(tmp_path / "x.edf", (LOW + 8, b"0"), (LOW + 16 + 8, b"0"))
    assert read(tmp_path / "x.edf", declare("Fz", sfreq=128.0, unit="uV")).values.shape == (1, 1280)
    with pytest.raises(DataError, match="aux: cannot be read: its physical minimum and maximum are both 0"):
        read(tmp_path / "x.edf", declare("aux", sfreq=128.0))


@pytest.mark.parametrize(
    ("change", "sfreq"),
    [
        ((236, b"-1"), 128.0),
        ((244, b"0.333333"), 384.0),
        ((168, b"00.00.00"), 128.0),
        ((LOW, b"-1000,0"), 128.0),
        ((8, "J\u00fcrgen".encode("latin-1")), 128.0),
    ],
    ids=["records -1", "third of a second", "no date", "decimal comma", "not ASCII"],
)
def test_unusual_headers_are_read(change: tuple[int, bytes], sfreq: float, tmp_path: Path) -> None:
    patched(tmp_path / "x.edf", change)
    values = read(tmp_path / "x.edf", declare("Fz", sfreq=sfreq, unit="uV")).values
    np.testing.assert_allclose(values[0], np.linspace(-500, 500, 1280), atol=0.02)


def test_records_of_no_length_are_named(tmp_path: Path) -> None:
    patched(tmp_path / "x.edf", (244, b"0"))
    with pytest.raises(DataError, match="Fz: cannot be read: a record holds 128 samples of it and lasts 0 s"):
        read(tmp_path / "x.edf", declare("Fz", sfreq=128.0))


def test_a_file_that_is_cut_off_is_read_where_that_is_allowed(tmp_path: Path) -> None:
    patched(tmp_path / "x.edf")
    (tmp_path / "x.edf").write_bytes((tmp_path / "x.edf").read_bytes()[:-100])
    declared = declare("Fz", sfreq=128.0)
    with pytest.raises(DataError, match="cut off or damaged: 5788 bytes, but its header announces 5888"):
        read(tmp_path / "x.edf", declared)
    allowed = declared.model_copy(update={"incomplete": "allow"})
    assert read(tmp_path / "x.edf", allowed).values.shape == (1, 9 * 128)
