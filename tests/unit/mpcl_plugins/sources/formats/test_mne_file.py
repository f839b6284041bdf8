"""Files that are read through MNE: values in the unit of the file, absolute times, pauses, and damaged files."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.edf_file import EdfFile
from mpcl_plugins.sources.formats.mne_file import MneFile
from mpcl_plugins.sources.formats.open_file import find_files, list_contents, open_file
from mpcl_plugins.sources.formats.signal_file import SignalFile, Start, Stretch

mne = pytest.importorskip("mne", reason="MNE is not installed (extra 'mne')")

HEADER = """Brain Vision Data Exchange Header File Version 1.0
[Common Infos]
DataFile=s1.eeg
MarkerFile=s1.vmrk
DataFormat=BINARY
DataOrientation=MULTIPLEXED
NumberOfChannels=2
SamplingInterval=4000
[Binary Infos]
BinaryFormat=INT_16
[Channel Infos]
Ch1=Fz,,0.5,µV
Ch2=Cz,,1,mV
"""
MARKERS = """Brain Vision Data Exchange Marker File, Version 1.0
[Common Infos]
DataFile=s1.eeg
[Marker Infos]
Mk1=New Segment,,1,1,0,20210527093000000000
Mk2=Stimulus,S  7,251,1,0
"""


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(4, 1000))


@pytest.fixture(scope="module")
def fif(tmp_path_factory: pytest.TempPathFactory, values: np.ndarray) -> Path:
    """Write 10 s of two EEG channels, skin conductance and triggers, with a pause from 4 to 5 s."""
    info = mne.create_info(["Fz", "Cz", "EDA", "STI"], 100.0, ["eeg", "eeg", "gsr", "stim"], verbose="ERROR")
    raw = mne.io.RawArray(values * [[1e-6], [1e-6], [1e-6], [1.0]], info, first_samp=250, verbose="ERROR")
    raw.set_meas_date(datetime(2021, 5, 27, 9, 30, tzinfo=UTC))
    raw.info["bads"] = ["Cz"]
    raw.set_annotations(mne.Annotations([2.5 + 4.0], [1.0], ["BAD_ACQ_SKIP"], raw.info["meas_date"]), verbose="ERROR")
    path = tmp_path_factory.mktemp("fif") / "s1_raw.fif"
    raw.save(path, verbose="ERROR")
    return path


@pytest.fixture
def vhdr(tmp_path: Path, values: np.ndarray) -> Path:
    (tmp_path / "s1.vhdr").write_text(HEADER, encoding="utf-8")
    (tmp_path / "s1.vmrk").write_text(MARKERS, encoding="utf-8")
    (tmp_path / "s1.eeg").write_bytes((values[:2] * 1000).astype("<i2").T.tobytes())
    return tmp_path / "s1.vhdr"


def read(file: SignalFile, *names: str, start: float = 0.0, stop: float = np.inf) -> Signal:
    channels = [next(channel for channel in file.channels if channel.name == name) for name in names]
    return file.read(channels, channels[0].sfreq or 0.0, Stretch(start, stop))


def test_channels_of_a_fif_file_have_usual_units_and_roles(fif: Path) -> None:
    channels = open_file(fif).channels
    assert [(channel.name, channel.unit, channel.role) for channel in channels] == [
        ("Fz", "uV", "signal"),
        ("Cz", "uV", "signal"),
        ("EDA", "uS", "signal"),
        ("STI", "", "events"),
    ]
    assert {channel.sfreq for channel in channels} == {100.0}
    assert [channel.name for channel in channels if channel.is_bad] == ["Cz"]


def test_a_stretch_of_a_fif_file_has_the_written_values(fif: Path, values: np.ndarray) -> None:
    signal = read(open_file(fif), "EDA", "Cz", start=1.005, stop=3.0)
    np.testing.assert_allclose(signal.values, values[[2, 1], 101:300], rtol=1e-5, atol=1e-6)
    assert signal.start == pytest.approx(0.005)


def test_a_pause_is_a_dropout(fif: Path) -> None:
    signal = read(open_file(fif), "Fz")
    assert np.flatnonzero(np.isnan(signal.values[0])).tolist() == list(range(400, 500))


def test_absolute_time_is_that_of_the_first_sample(fif: Path) -> None:
    stated = datetime(2021, 5, 27, 9, 30, tzinfo=UTC).timestamp()
    assert open_file(fif).start == Start(stated + 2.5, "utc")


def test_brainvision_has_the_units_of_its_header(vhdr: Path, values: np.ndarray) -> None:
    file = open_file(vhdr)
    assert [(channel.name, channel.unit, channel.sfreq) for channel in file.channels] == [
        ("Fz", "uV", 250.0),
        ("Cz", "mV", 250.0),
    ]
    written = (values[:2] * 1000).astype("<i2")
    np.testing.assert_allclose(read(file, "Fz", "Cz").values, written * [[0.5], [1.0]], rtol=1e-5)
    assert file.start == Start(datetime(2021, 5, 27, 9, 30, tzinfo=UTC).timestamp(), "local")


def test_marks_count_from_the_first_sample(fif: Path, vhdr: Path) -> None:
    pause = open_file(fif).marks[0]
    assert (round(pause.onset, 6), pause.text) == (4.0, "BAD_ACQ_SKIP")
    stimulus = open_file(vhdr).marks[-1]
    assert (round(stimulus.onset, 6), stimulus.text) == (1.0, "Stimulus/S  7")


def test_files_that_are_read_together_are_one_recording(vhdr: Path) -> None:
    assert find_files(vhdr.parent) == [vhdr]
    assert list_contents(vhdr) == [vhdr.with_suffix(suffix) for suffix in (".eeg", ".vhdr", ".vmrk")]


def test_a_real_edf_file_has_the_values_of_its_own_reader(data_dir: Path) -> None:
    path = data_dir / "edf-bdf" / "multiple_annotation_chans.bdf"
    through_mne, own = MneFile(path), EdfFile(path)
    a, b = (read(file, "C3", "C4", start=3.0, stop=5.0).values for file in (through_mne, own))
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"nothing", b"\x00" * 4096])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x_raw.fif"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x_raw\.fif: MNE cannot read it"):
        _ = open_file(path).channels


def test_a_stretch_after_the_end_is_refused(fif: Path) -> None:
    with pytest.raises(DataError, match="there is no sample between 20 s and 21 s"):
        read(open_file(fif), "Fz", start=20.0, stop=21.0)
