"""XDF files, written here chunk by chunk."""

import logging
import random
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.declared import Declared, match_channels
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Stretch
from support.folder_study import chunk, xdf, xdf_stream

RNG = np.random.default_rng(0)
EEG = RNG.normal(size=(2560, 3)).astype(np.float32)
GSR = RNG.normal(size=(40, 1)).astype(np.float32)
CLOCK = 5000.0
AMP = Declared(channels=("c", "a"), sfreq=256.0, unit="uV", part="amp")
WRIST = Declared(channels=("skin",), sfreq=4.0, unit="uS", part="wrist")


def amp(times: np.ndarray | None = None, **changes: object) -> bytes:
    stamps = CLOCK + np.arange(2560) / 256 if times is None else times
    given = {"labels": ["a", "b", "c"], **changes}
    return xdf_stream(1, "amp", 256, EEG, stamps, **given)  # type: ignore[arg-type]


def wrist(**changes: object) -> bytes:
    """Starts 2.5 s after the other, on a clock of its own that is 300 s behind."""
    times = CLOCK + 2.5 - 300 + np.arange(40) / 4
    given = {"number": 7, "name": "wrist", "unit": "uS", "offset": 300.0, "labels": ["skin"], **changes}
    return xdf_stream(sfreq=4, values=GSR, times=times, **given)  # type: ignore[arg-type]


def read(path: Path, declared: Declared, start: float = 0.0, stop: float = np.inf) -> Signal:
    file = open_file(path)
    return file.read(match_channels(file.channels, declared, path), declared.sfreq, Stretch(start, stop))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    xdf(tmp_path / "x.xdf", amp(), wrist())
    return tmp_path / "x.xdf"


def test_streams_of_two_clocks_are_on_one(path: Path) -> None:
    eeg, gsr = read(path, AMP), read(path, WRIST)
    np.testing.assert_array_equal(eeg.values, EEG.T[[2, 0]])
    np.testing.assert_array_equal(gsr.values, GSR.T)
    assert (eeg.sfreq, gsr.sfreq) == (256.0, 4.0)
    assert eeg.start == 0.0
    assert gsr.start == pytest.approx(2.5, abs=1e-6)


def test_a_stretch_counts_from_the_first_sample_of_all_streams(path: Path) -> None:
    eeg, gsr = read(path, AMP, 4.0, 6.0), read(path, WRIST, 4.0, 6.0)
    np.testing.assert_array_equal(eeg.values, EEG.T[[2, 0], 1024:1536])
    np.testing.assert_array_equal(gsr.values, GSR.T[:, 6:14])
    assert gsr.start == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sfreq": 250.0}, "c: 256 Hz in the file, but 250 Hz were declared; declare 256"),
        ({"unit": "uS"}, "c: microvolts in the file, but uS was declared; declare uV"),
        ({"channels": ("Fz",)}, "Fz: there is no such channel. It has: a, b, c"),
        ({"part": ""}, "no part of it was declared. It has: amp, wrist"),
        ({"part": "face"}, "there is no part 'face'. It has: amp, wrist"),
    ],
)
def test_files_that_differ_from_the_declaration_are_refused(
    path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(path, AMP.model_copy(update=changes))
    found = str(caught.value).partition(" (the file states it in its ")[0]
    assert found in (f"{path}, {message}", f"{path}: {message}")


def test_a_stream_without_labels_has_as_many_channels_as_were_declared(tmp_path: Path) -> None:
    xdf(tmp_path / "x.xdf", amp(labels=[]))
    np.testing.assert_array_equal(
        read(tmp_path / "x.xdf", AMP.model_copy(update={"channels": ("x", "y", "z")})).values, EEG.T
    )
    with pytest.raises(DataError, match="amp: 3 channels, but 2 were declared"):
        read(tmp_path / "x.xdf", AMP)


def test_an_interruption_is_a_gap_of_its_length(tmp_path: Path) -> None:
    times = CLOCK + np.arange(2560) / 256
    times[1000:] += 1.5
    xdf(tmp_path / "x.xdf", amp(times))
    signal = read(tmp_path / "x.xdf", AMP)
    assert signal.values.shape == (2, 2560 + 384)
    np.testing.assert_array_equal(signal.values[:, :1000], EEG.T[[2, 0], :1000])
    assert np.isnan(signal.values[:, 1000:1384]).all()
    np.testing.assert_array_equal(signal.values[:, 1384:], EEG.T[[2, 0], 1000:])


def test_jitter_is_removed(tmp_path: Path) -> None:
    times = CLOCK + np.arange(2560) / 256 + RNG.uniform(-0.01, 0.01, 2560)
    xdf(tmp_path / "x.xdf", amp(times))
    np.testing.assert_array_equal(read(tmp_path / "x.xdf", AMP).values, EEG.T[[2, 0]])


def test_a_device_with_another_rate_than_stated_is_refused(tmp_path: Path) -> None:
    xdf(tmp_path / "x.xdf", amp(CLOCK + np.arange(2560) / 240))
    with pytest.raises(DataError, match="c: 240 Hz in the file, but 256 Hz were declared"):
        read(tmp_path / "x.xdf", AMP)


def test_markers_and_empty_streams_are_no_parts(tmp_path: Path) -> None:
    header = "<info><name>{}</name><channel_count>1</channel_count><nominal_srate>{}</nominal_srate>"
    header += "<channel_format>{}</channel_format></info>"
    markers = chunk(2, b"\x02\0\0\0" + header.format("markers", 0, "string").encode())
    markers += chunk(3, b"\x02\0\0\0" + b"\x01\x01\x08" + bytes(8) + b"\x01\x02go") + chunk(6, b"\x02\0\0\0<info/>")
    empty = chunk(2, b"\x03\0\0\0" + header.format("empty", 100, "int16").encode()) + chunk(6, b"\x03\0\0\0<info/>")
    xdf(tmp_path / "x.xdf", amp(), markers, empty)
    assert {channel.part for channel in open_file(tmp_path / "x.xdf").channels} == {"amp", "empty"}
    np.testing.assert_array_equal(read(tmp_path / "x.xdf", AMP).values, EEG.T[[2, 0]])
    with pytest.raises(DataError, match="empty: there are no samples"):
        read(tmp_path / "x.xdf", Declared(channels=("e",), sfreq=100.0, part="empty"))


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ([amp(footer=False)], "the recorder has not ended stream 'amp', of which"),
        ([amp(), amp()], "stream 1 begins twice"),
        ([amp(), wrist(name="amp")], "two streams have the same name"),
        ([amp().replace(b"<sample_count>2560", b"<sample_count>9999")], "fewer samples than its end announces"),
        ([amp().replace(b"_count>3<", b"_count>4<")], "4 channels, but describes 3"),
        ([amp().replace(b"<nominal_srate>", b"<nominal_smate>")], "damaged"),
        ([wrist()[len(wrist()) // 2 :]], "x.xdf"),
    ],
)
def test_a_damaged_file(streams: list[bytes], message: str, tmp_path: Path) -> None:
    xdf(tmp_path / "x.xdf", *streams)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.xdf", AMP)
    assert message in str(caught.value)


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.3, 0.7, 0.99, 0.9999])
def test_a_file_that_is_cut_off(share: float, path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"x\.xdf.*: cut off, damaged, or not an XDF file"):
        read(path, AMP)


@pytest.mark.slow
def test_flipped_bits_are_refused_or_change_values_only(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    xdf(path, xdf_stream(1, "amp", 256, EEG[:512], CLOCK + np.arange(512) / 256, ["a", "b", "c"]))
    content, draw = path.read_bytes(), random.Random(0)
    refused = 0
    for _ in range(50):
        damaged = bytearray(content)
        damaged[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            signal = read(path, AMP)
        except DataError:
            refused += 1
            continue
        assert signal.values.shape == (2, 512)
        changed = signal.values != EEG.T[[2, 0], :512]
        assert changed.sum() <= 1
    assert refused > 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], "nothing is printed"


def test_an_odd_side_stream_does_not_block_the_wanted_one(tmp_path: Path) -> None:
    odd = wrist(name="odd").replace(b"<channel_count>1<", b"<channel_count>2<")
    xdf(tmp_path / "x.xdf", amp(), odd.replace(b"\x02\0\0\0<", b"\x03\0\0\0<"))
    np.testing.assert_array_equal(read(tmp_path / "x.xdf", AMP).values, EEG.T[[2, 0]])
    with pytest.raises(DataError, match="odd: cannot be read: "):
        read(tmp_path / "x.xdf", Declared(channels=("BVP",), sfreq=64.0, part="odd"))


def test_a_recording_that_was_not_ended_is_read_where_that_is_allowed(tmp_path: Path) -> None:
    xdf(tmp_path / "x.xdf", amp(footer=False))
    with pytest.raises(DataError, match="To read what there is, write 'incomplete: allow'"):
        read(tmp_path / "x.xdf", AMP)
    allowed = AMP.model_copy(update={"incomplete": "allow"})
    np.testing.assert_array_equal(read(tmp_path / "x.xdf", allowed).values, EEG.T[[2, 0]])


def test_a_numeric_stream_without_a_rate_is_named_where_it_is_asked_for(tmp_path: Path) -> None:
    xdf(tmp_path / "x.xdf", amp().replace(b"<nominal_srate>256<", b"<nominal_srate>000<"))
    with pytest.raises(DataError, match="amp: cannot be read: it states no constant rate"):
        read(tmp_path / "x.xdf", AMP)
