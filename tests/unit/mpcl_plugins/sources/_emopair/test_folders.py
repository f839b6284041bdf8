"""EmoPairCompete as it is published, a folder a segment, beside its compact form."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Recording
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.emopair import EmoPair
from support.emopair_folders_files import BEGIN, response, segment, signal

NAMES = {"ppg": "BVP", "gsr": "EDA", "temperature": "TEMP", "heart_rate": "HR"}
SAMPLE = "raw_sample_D1_1_ID_1_round_1_phase2"
Change = Callable[[str], str]


def recordings(path: Path) -> list[Recording]:
    return list(EmoPair(path=path).load())


@pytest.fixture(scope="module")
def compact(data_dir: Path) -> EmoPair:
    return EmoPair(path=data_dir / "emopaircompete")


@pytest.mark.slow
def test_both_layouts_give_the_same_recording_of_a_real_segment(compact: EmoPair, data_dir: Path) -> None:
    (expected,) = [r for r in compact.load() if (r.subject, r.trial) == ("D1_1_ID1", "r1p2")]
    source = EmoPair(path=data_dir / "emopaircompete" / SAMPLE)
    (found,) = source.load()
    assert found.signals.keys() == expected.signals.keys()
    for name, was in expected.signals.items():
        now = found.signals[name]
        np.testing.assert_array_equal(now.values, was.values)
        assert (now.sfreq, now.start) == (was.sfreq, was.start)
    np.testing.assert_array_equal(found.D, expected.D)
    for column in ("subject", "trial", "session", "condition", "stimulus", "weight"):
        assert getattr(found, column) == getattr(expected, column)


def test_both_layouts_describe_the_same_study(compact: EmoPair, data_dir: Path) -> None:
    source = EmoPair(path=data_dir / "emopaircompete" / SAMPLE)
    assert source.modalities == compact.modalities
    assert (source.labels, source.valence) == (compact.labels, compact.valence)
    assert source.notes == ("Ratings by 'share': 1 of 1 rated rows have a distribution.",)


@pytest.mark.slow
def test_the_sample_is_the_same_in_folders_of_its_own(data_dir: Path, tmp_path: Path) -> None:
    expected = recordings(data_dir / "emopaircompete" / SAMPLE)
    shutil.copytree(data_dir / "emopaircompete" / SAMPLE, tmp_path / "D1_1" / "ID_1" / "round_1" / "phase2")
    (found,) = recordings(tmp_path)
    assert (found.subject, found.trial) == (expected[0].subject, expected[0].trial)
    np.testing.assert_array_equal(found.signals["ppg"].values, expected[0].signals["ppg"].values)


def test_segments_are_found_anywhere_in_a_folder(tmp_path: Path) -> None:
    for cohort, person, round_, phase in [("D1_2", 11, 1, 1), ("D1_2", 11, 4, 3), ("D1_6", 2, 2, 2)]:
        segment(tmp_path / cohort / f"ID_{person}" / f"round_{round_}" / f"phase{phase}")
    found = [(r.subject, r.session, r.condition, r.trial) for r in recordings(tmp_path)]
    assert found == [
        ("D1_2_ID11", "round1", "phase1", "r1p1"),
        ("D1_2_ID11", "round4", "phase3", "r4p3"),
        ("D1_6_ID2", "round2", "phase2", "r2p2"),
    ]


def test_segments_are_read_lazily(tmp_path: Path) -> None:
    segment(tmp_path / "D1_1_ID_1_round_1_phase1")
    late = segment(tmp_path / "D1_1_ID_1_round_1_phase2")
    iterator = EmoPair(path=tmp_path).load()
    (late / "BVP.csv").unlink()
    assert next(iterator).trial == "r1p1"
    with pytest.raises(DataError, match=r"phase2/BVP\.csv: no such file"):
        next(iterator)


@pytest.mark.parametrize(("late", "start"), [(0.0, 0.0), (0.7, 0.0), (1.0, 1.0), (9.72, 9.0)])
def test_a_late_signal_starts_at_a_whole_sample(tmp_path: Path, late: float, start: float) -> None:
    folder = segment(tmp_path / "D1_1_ID_1_round_1_phase2", HR=signal("HR", late=late))
    (found,) = recordings(folder)
    assert found.signals["heart_rate"].start == start
    assert found.signals["ppg"].start == 0.0


def test_an_empty_cell_is_a_dropout(tmp_path: Path) -> None:
    folder = segment(tmp_path / "D1_1_ID_1_round_1_phase2", EDA=signal("EDA").replace("\n3,0.75,", "\n3,,"))
    (found,) = recordings(folder)
    assert np.flatnonzero(np.isnan(found.signals["gsr"].values)).tolist() == [3]


def test_an_item_that_was_not_rated_leaves_the_segment_out(tmp_path: Path) -> None:
    segment(tmp_path / "D1_1_ID_1_round_1_phase1")
    segment(tmp_path / "D1_1_ID_1_round_1_phase2", response=response("1,1,2,1,,2,3,3,1,2"))
    assert [r.trial for r in recordings(tmp_path)] == ["r1p1"]
    assert [r.trial for r in EmoPair(path=tmp_path, missing="floor").load()] == ["r1p1", "r1p2"]


def test_the_compact_layout_comes_first(tmp_path: Path) -> None:
    segment(tmp_path / "D1_1_ID_1_round_1_phase2")
    (tmp_path / "signals.npz").write_bytes(b"")
    with pytest.raises(DataError, match=r"signals\.npz"):
        _ = EmoPair(path=tmp_path).modalities


FAULTS: dict[str, tuple[str, str, str, int | None, str]] = {
    "no number": ("BVP", signal("BVP").replace("\n3,0.75,", "\n3,much,"), "BVP", 5, "'much' is not a number"),
    "NaN": ("BVP", signal("BVP").replace("\n3,0.75,", "\n3,nan,"), "BVP", 5, "'nan' is not a number"),
    "infinite": ("TEMP", signal("TEMP").replace("\n3,0.75,", "\n3,1e99,"), "TEMP", 5, "'1e99' is not a number"),
    "another rate": ("EDA", signal("EDA", rate=8), "time", None, "20 samples in 2.375 s, but 4 Hz are expected"),
    "another file": ("EDA", signal("TEMP"), "EDA", None, "no such column"),
    "no time": ("HR", signal("HR").replace(f"{BEGIN}", "yesterday"), "time", 2, "'yesterday' is not a time"),
    "no rows": ("HR", ",HR,time\n", "", None, "there are no rows"),
    "nothing": ("HR", "", "", None, "there is no header"),
    "a row cut off": ("TEMP", signal("TEMP")[:-30], "", 21, "2 cells, but the header has 3"),
    "a row twice": ("response", response() + "1,7,1,1,2,1,2,2,3,3,1,2,2\n", "", None, "2 rows, but one is expected"),
    "a rating of 6": ("response", response("1,1,6,1,2,2,3,3,1,2"), "alert", 2, "'6' is not a number from 1 to 5"),
    "no such item": ("response", response().replace("alert", "alarm"), "alert", None, "no such column"),
}


@pytest.mark.parametrize(("file", "content", "field", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_column_and_line(
    tmp_path: Path, file: str, content: str, field: str, line: int | None, message: str
) -> None:
    folder = segment(tmp_path / "D1_1_ID_1_round_1_phase2", **{file: content})
    with pytest.raises(DataError) as caught:
        recordings(folder)
    assert (caught.value.path, caught.value.field, caught.value.line) == (folder / f"{file}.csv", field, line)
    assert message in caught.value.message


@pytest.mark.parametrize("name", ["phase2", "D1_1_ID_1_round_1_phase2_copy", "D1_ID_1_round_1_phase2"])
def test_a_folder_that_names_no_segment_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=rf"{name}: the folder's path does not end like D1_1/ID_1/round_1/phase2"):
        recordings(segment(tmp_path / name))


def test_a_segment_in_two_folders(tmp_path: Path) -> None:
    first = segment(tmp_path / "D1_1" / "ID_1" / "round_1" / "phase2")
    second = segment(tmp_path / SAMPLE)
    with pytest.raises(DataError) as caught:
        recordings(tmp_path)
    assert str(caught.value) == f"{second}: D1_1_ID1 r1p2 is already {first}"


@pytest.mark.parametrize("missing", ["BVP", "EDA", "TEMP", "HR"])
def test_a_missing_signal_is_named(tmp_path: Path, missing: str) -> None:
    folder = segment(tmp_path / "D1_1_ID_1_round_1_phase2")
    (folder / f"{missing}.csv").unlink()
    with pytest.raises(DataError, match=rf"{missing}\.csv: no such file"):
        recordings(folder)
