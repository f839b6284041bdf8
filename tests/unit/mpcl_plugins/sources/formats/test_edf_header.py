"""The header of EDF and BDF is read channel by channel: the fault of one channel leaves the others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.edf_header import EdfHeader, read_edf_header

WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
CHANNEL = ("EEG Cz", "", "uV", "-100", "100", "-32768", "32767", "", "8", "")


def edf(
    *channels: tuple[str, ...], records: str = "2", seconds: str = "1", date: str = "24.05.2112.30.15",
    kind: str = "", first: bytes = b"0       ", size: int | None = None,
) -> bytes:  # fmt: skip
    channels = channels or (CHANNEL,)
    width = 3 if first[:1] == b"\xff" else 2
    general = (
        first
        + f"{'':160}{date:16}{256 * (1 + len(channels)):<8}{kind:44}{records:8}{seconds:8}{len(channels):<4}".encode()
    )
    fields = "".join(f"{channel[number]:{size}}" for number, size in enumerate(WIDTHS) for channel in channels).encode()
    of_record = sum(int(channel[8]) for channel in channels) * width
    body = bytes(of_record * max(int(records), 0) if size is None else size)
    return general + fields + body


def header(tmp_path: Path, content: bytes) -> EdfHeader:
    (tmp_path / "a.edf").write_bytes(content)
    return read_edf_header(tmp_path / "a.edf")


def test_gain_and_offset_map_the_digital_range_to_the_physical_one(tmp_path: Path) -> None:
    found = header(tmp_path, edf())
    (channel,) = found.channels
    assert (channel.label, channel.unit, channel.n_samples, channel.begin, channel.fault) == ("EEG Cz", "uV", 8, 0, "")
    assert channel.gain * (-32768 + channel.offset) == pytest.approx(-100)
    assert channel.gain * (32767 + channel.offset) == pytest.approx(100)
    assert (found.n_records, found.seconds, found.width, found.record, found.n_bytes) == (2, 1.0, 2, 16, 512)
    assert (found.incomplete, found.is_interrupted) == ("", False)


def test_channels_follow_each_other_in_a_record(tmp_path: Path) -> None:
    notes = ("EDF Annotations", "", "", "-1", "1", "-32768", "32767", "", "20", "")
    found = header(tmp_path, edf(CHANNEL, notes, CHANNEL))
    assert [channel.begin for channel in found.channels] == [0, 16, 56]
    assert [channel.is_annotations for channel in found.channels] == [False, True, False]


def test_bdf_has_three_bytes_a_sample(tmp_path: Path) -> None:
    found = header(tmp_path, edf(first=b"\xffBIOSEMI"))
    assert (found.width, found.record, found.n_records) == (3, 24, 2)


@pytest.mark.parametrize(
    ("date", "year"), [("24.05.2112.30.15", 2021), ("24.05.8512.30.15", 1985), ("24.05.8412.30.15", 2084)]
)
def test_years_from_85_are_those_of_the_last_century(date: str, year: int, tmp_path: Path) -> None:
    assert header(tmp_path, edf(date=date)).start == datetime(year, 5, 24, 12, 30, 15, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("date", ["", "xx.yy.zz00.00.00", "31.02.2100.00.00"])
def test_file_without_a_valid_date_has_no_start(date: str, tmp_path: Path) -> None:
    assert header(tmp_path, edf(date=date)).start is None


def test_interrupted_files_are_recognised(tmp_path: Path) -> None:
    assert header(tmp_path, edf(kind="EDF+D")).is_interrupted
    assert not header(tmp_path, edf(kind="EDF+C")).is_interrupted


def channel(number: int, text: str) -> tuple[str, ...]:
    return (*CHANNEL[:number], text, *CHANNEL[number + 1 :])


FAULTS = {
    "no number": (channel(3, "low"), "its minimum or maximum is no number"),
    "one value": (channel(3, "100"), "its physical minimum and maximum are both 100"),
    "no range": (channel(6, "-32768"), "its digital minimum -32768 is not below its maximum -32768"),
    "no samples": (channel(8, "0"), "a record holds 0 samples of it and lasts 1 s, so that it has no rate"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_of_a_channel_leaves_the_others(fault: str, tmp_path: Path) -> None:
    faulty, message = FAULTS[fault]
    first, second = header(tmp_path, edf(faulty, CHANNEL)).channels
    assert (first.fault, second.fault) == (message, "")


def test_decimal_commas_are_read(tmp_path: Path) -> None:
    (found,) = header(tmp_path, edf(channel(4, "99,5"))).channels
    assert found.gain * (32767 + found.offset) == pytest.approx(99.5)


def test_file_whose_length_is_not_the_announced_one_is_incomplete(tmp_path: Path) -> None:
    cut = header(tmp_path, edf(size=20))
    assert (cut.incomplete, cut.n_records) == ("cut off or damaged: 532 bytes, but its header announces 544", 1)
    unended = header(tmp_path, edf(records="-1", size=20))
    assert unended.incomplete.startswith("not ended by the recorder: it announces -1 records, 1 and a part of one")
    assert header(tmp_path, edf(records="-1", size=16)).incomplete == ""


@pytest.mark.parametrize(
    "content",
    [b"", edf()[:200], edf()[:400], edf(channel(8, "-4"), size=0), edf(seconds="-1"), edf(seconds="x"), edf()[:252] + b"0   " + edf()[256:]],
    ids=["empty", "general part cut", "channels cut", "negative samples", "negative time", "no time", "no channels"],
)  # fmt: skip
def test_damaged_header_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="its header is damaged"):
        header(tmp_path, content)
