"""Stretches from annotations, tags, markers and tables of BIDS."""

import struct
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder import events
from mpcl_plugins.sources._folder.events import Event, find_events, find_first_start
from mpcl_plugins.sources.formats.signal_file import Mark, Start
from support.folder_study import chunk, e4, xdf, xdf_stream


def wristband(folder: Path, tags: str = "") -> Path:
    e4(folder / "a.zip", {"EDA": (1e9, 4.0, np.ones((80, 1))), "HR": (1e9 + 10, 1.0, np.ones((10, 1)))})
    ZipFile(folder / "a.zip").extractall(folder / "a")
    (folder / "a" / "tags.csv").write_text(tags)
    return folder / "a"


def test_tags_of_a_wristband_cut_it(tmp_path: Path) -> None:
    place = wristband(tmp_path, "1000000003.50\n1000000011.00\n")
    assert find_events({"e4": place}) == [Event(3.5, 11.0, "tag-1"), Event(11.0, None, "tag-2")]
    assert find_first_start({"e4": place}) == Start(1e9)
    assert find_events({"e4": wristband(tmp_path)}) == []


def markers(number: int, marks: dict[float, str]) -> bytes:
    """Return the chunks of a stream of text."""
    stream, info = struct.pack("<I", number), "<channel_count>1</channel_count><nominal_srate>0</nominal_srate>"
    info += "<name>m</name><type>Markers</type><channel_format>string</channel_format>"
    samples = b"".join(
        b"\x08" + struct.pack("<d", time) + b"\x01" + struct.pack("<B", len(text)) + text.encode()
        for time, text in marks.items()
    )
    head = chunk(2, stream + f"<info>{info}<desc/></info>".encode())
    return head + chunk(3, stream + b"\x01" + struct.pack("<B", len(marks)) + samples) + chunk(6, stream + b"<info/>")


def test_markers_of_an_xdf_file_pair_their_edges(tmp_path: Path) -> None:
    eeg = xdf_stream(1, "eeg", 64, np.zeros((640, 1), np.float32), 100 + np.arange(640) / 64, ["Fz"])
    xdf(tmp_path / "a.xdf", eeg, markers(2, {101.0: "film start", 104.5: "film end", 106.0: "rest"}))
    assert find_events({"eeg": tmp_path / "a.xdf"}) == [Event(1.0, 4.5, "film"), Event(6.0, None, "rest")]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([Mark(2, 3, "film"), Mark(1, 0, "click")], [Event(2, 5, "film")]),
        (
            [Mark(1, 0, "film_start"), Mark(2, 0, "S 7"), Mark(5, 0, "film_end")],
            [Event(1, 5, "film"), Event(2, 5, "S 7")],
        ),
        (
            [Mark(1, 0, "a"), Mark(4, 0, "b"), Mark(9, 0, "a")],
            [Event(1, 4, "a-1"), Event(4, 9, "b"), Event(9, None, "a-2")],
        ),
    ],
)
def test_marks_become_stretches(marks: list[Mark], expected: list[Event]) -> None:
    assert events._distinct(events._stretches(sorted(marks) if marks[0].duration == 0 else marks)) == expected


def test_events_of_bids_are_those_of_the_table_beside_the_file(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "sub-1_task-film_ppg.csv", np.zeros((9, 1)), header="ppg", comments="")
    table = tmp_path / "sub-1_task-film_events.tsv"
    table.write_text("onset\tduration\ttrial_type\n1.5\t3\tfun\n6\tn/a\tclick\n")
    files = {"ppg": tmp_path / "sub-1_task-film_ppg.csv"}
    assert find_events(files) == [Event(1.5, 4.5, "fun")]
    assert find_first_start(files) is None
    table.write_text("onset\tduration\nn/a\t3\n")
    with pytest.raises(DataError, match=r"events\.tsv, onset, line 2: no time is stated"):
        find_events(files)


def test_annotations_of_a_real_file_are_found(data_dir: Path) -> None:
    found = find_events({"eeg": data_dir / "edf-bdf" / "multiple_annotation_chans.bdf"})
    assert found[1].name == "EEG-check#1"
    assert found[1].start == pytest.approx(22.488)
