"""The chunks of an XDF file are counted before its values are read; damage of one stream leaves the others."""

import struct
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.xdf_chunks import read_streams


def chunk(tag: int, content: bytes, stream: int | None = None) -> bytes:
    body = struct.pack("<H", tag) + (b"" if stream is None else struct.pack("<I", stream)) + content
    return struct.pack("<BI", 4, len(body)) + body


def header(stream: int = 1, channels: int = 2, form: str = "float32", rate: str = "4", described: int = 2) -> bytes:
    labels = "".join(f"<channel><label>c{n}</label><unit>uV</unit></channel>" for n in range(described))
    text = (
        f"<info><name>eeg{stream}</name><channel_count>{channels}</channel_count><nominal_srate>{rate}</nominal_srate>"
        f"<channel_format>{form}</channel_format><desc><channels>{labels}</channels></desc></info>"
    )
    return chunk(2, text.encode(), stream)


def samples(n: int, stream: int = 1, announced: int | None = None) -> bytes:
    values = b"".join(b"\0" + struct.pack("<2f", i, -i) for i in range(n))
    return chunk(3, struct.pack("<BB", 1, n if announced is None else announced) + values, stream)


def footer(n: int, stream: int = 1) -> bytes:
    return chunk(6, f"<info><sample_count>{n}</sample_count></info>".encode(), stream)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recording.xdf"


def write(file: Path, *parts: bytes) -> Path:
    file.write_bytes(b"XDF:" + chunk(1, b"<info/>") + b"".join(parts))
    return file


def test_stream_has_what_its_header_states(file: Path) -> None:
    (stream,) = read_streams(write(file, header(), samples(3), samples(2), footer(5)))
    assert (stream.number, stream.name, stream.form, stream.sfreq) == (1, "eeg1", "float32", 4.0)
    assert (stream.labels, stream.units) == (("c0", "c1"), ("uV", "uV"))
    assert (stream.fault, stream.incomplete, stream.regular, stream.is_numeric) == ("", "", True, True)


def test_markers_are_no_numbers_and_events_not_regular(file: Path) -> None:
    markers, events = read_streams(
        write(file, header(1, form="string", rate="0"), header(2, rate="0"), footer(0), footer(0, 2))
    )
    assert (markers.is_numeric, markers.regular) == (False, False)
    assert (events.is_numeric, events.regular) == (True, False)


def test_channels_without_a_description_have_no_names(file: Path) -> None:
    (stream,) = read_streams(write(file, header(described=0), footer(0)))
    assert (stream.labels, stream.fault) == (("", ""), "")


def test_damage_of_a_stream_is_a_fault_of_that_stream_only(file: Path) -> None:
    first, second, third = read_streams(
        write(
            file, header(1), header(2), header(3, described=1), samples(3, 1, announced=9), samples(3, 2),
            *(footer(3, n) for n in (1, 2, 3)),
        )
    )  # fmt: skip
    assert "announces 9 samples in 27 bytes" in first.fault
    assert (second.fault, second.incomplete) == ("", "")
    assert third.fault == "the stream has 2 channels, but describes 1"


def test_recording_that_was_not_ended_is_incomplete(file: Path) -> None:
    (stream,) = read_streams(write(file, header(), samples(3)))
    assert stream.incomplete == "the recorder has not ended stream 'eeg1', of which 3 samples are there"
    cut = write(file, header(), samples(3), samples(3)[:-5])
    (stream,) = read_streams(cut)
    assert stream.incomplete.startswith("cut off, damaged, or not an XDF file (the chunk at byte")


DAMAGE = {
    "another file": b"PK\3\4 something else",
    "nothing": b"",
    "samples of no stream": b"XDF:" + samples(2),
    "a stream that begins twice": b"XDF:" + header() + header(),
    "fewer samples than announced": b"XDF:" + header() + samples(2) + footer(5),
    "no channels": b"XDF:" + header(channels=0),
    "too many channels": b"XDF:" + header(channels=10**6),
    "a rate in words": b"XDF:" + header(rate="fast"),
    "a header that is no XML": b"XDF:" + chunk(2, b"<info>", 1),
    "cut off in the header": b"XDF:" + header()[:-9],
    "a chunk without room for its tag": b"XDF:" + struct.pack("<BBH", 1, 1, 2) + header(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_is_refused(damage: str, file: Path) -> None:
    file.write_bytes(DAMAGE[damage])
    with pytest.raises(DataError, match="cut off, damaged, or not an XDF file"):
        read_streams(file)
