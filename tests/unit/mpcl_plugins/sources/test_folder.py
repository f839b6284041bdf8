"""The source `folder`: a manifest, its ratings, its files, and what is said where they do not fit."""

import csv
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Recording, Valence
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.declared import Declared
from mpcl_plugins.sources.folder import Folder
from mpcl_plugins.transforms.window import Window
from support.folder_study import KINDS, e4, edf, xdf, xdf_stream
from support.folder_study import study as build

RNG = np.random.default_rng(0)
SECONDS = 20
EEG = {f"s{n}": RNG.uniform(-900, 900, (2, 128 * SECONDS)) for n in (1, 2, 3)}
PULSE = {f"s{n}": RNG.normal(size=(64 * SECONDS, 1)) for n in (1, 2, 3)}
LABELS = ("happy", "sad", "calm")
DECLARED = {
    "eeg": Declared(channels=("Fz", "Cz"), sfreq=128.0, unit="uV", column="cap"),
    "ppg": Declared(channels=("BVP",), sfreq=64.0, column="wrist", part="BVP"),
}
ROWS: list[dict[str, str]] = [
    {
        "subject": subject,
        "session": "",
        "trial": trial,
        "condition": f"c{trial}",
        "stimulus": f"clip{trial}",
        "weight": "",
        "start": start,
        "stop": stop,
        "cap": f"data/{subject}.edf",
        "wrist": f"data/{subject}.zip",
        "happy": "1",
        "sad": "2",
        "calm": str(n),
    }
    for n, subject in enumerate(("s1", "s2", "s3"), 1)
    for trial, start, stop in (("1", "", "8"), ("2", "10.5", "20"))
]
STEP = 2000 / 2**16


def change(row: int, **cells: str) -> list[dict[str, str]]:
    return [{**old, **cells} if number == row else old for number, old in enumerate(ROWS)]


def without(column: str) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name != column} for row in ROWS]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "data"
    folder.mkdir()
    for subject, values in EEG.items():
        signals = dict(zip(("Fz", "Cz"), values, strict=True))
        edf(folder / f"{subject}.edf", signals, dict.fromkeys(signals, 128), dict.fromkeys(signals, "uV"))
        e4(folder / f"{subject}.zip", {"BVP": (1e9, 64.0, PULSE[subject])})
    return folder


@pytest.fixture
def study(tmp_path: Path, data: Path) -> Path:
    """A folder in which a manifest can be written."""
    (tmp_path / "data").symlink_to(data)
    return tmp_path


def written(folder: Path, rows: list[dict[str, str]], suffix: str = ".csv") -> Path:
    path = folder / f"manifest{suffix}"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t" if suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)
    return path


def source(folder: Path, rows: list[dict[str, str]] | None = None, suffix: str = ".csv", **inputs: Any) -> Folder:
    parameters = {"modalities": DECLARED, "labels": LABELS, **inputs}
    return Folder(path=written(folder, rows or ROWS, suffix), **parameters)


def recordings(source: Folder) -> list[Recording]:
    loaded = source.load()
    return [recording for recording in loaded if isinstance(recording, Recording)]


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_each_row_is_a_recording(suffix: str, study: Path) -> None:
    found = recordings(source(study, suffix=suffix))
    assert [(r.subject, r.trial, r.session, r.condition, r.stimulus) for r in found] == [
        (subject, trial, "", f"c{trial}", f"clip{trial}") for subject in ("s1", "s2", "s3") for trial in ("1", "2")
    ]
    for n, (first, second) in enumerate(zip(found[::2], found[1::2], strict=True), 1):
        eeg, pulse = EEG[f"s{n}"], PULSE[f"s{n}"].T
        np.testing.assert_allclose(first.signals["eeg"].values, eeg[:, : 8 * 128], atol=STEP)
        np.testing.assert_allclose(first.signals["ppg"].values, pulse[:, : 8 * 64], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(second.signals["eeg"].values, eeg[:, 1344:], atol=STEP)
        np.testing.assert_allclose(second.signals["ppg"].values, pulse[:, 672:], rtol=1e-5, atol=1e-5)
        assert {signal.start for r in (first, second) for signal in r.signals.values()} == {0.0}
        np.testing.assert_allclose(first.D, np.array([1, 2, n]) / (3 + n))
        assert first.weight == 1.0


def test_modalities_and_labels_are_known_before_reading(tmp_path: Path) -> None:
    declared = Folder(path=tmp_path / "nowhere.csv", modalities=DECLARED, labels=LABELS)
    assert declared.modalities == (
        Modality("eeg", 2, None, 128.0, ("Fz", "Cz"), "uV"),
        Modality("ppg", 1, None, 64.0, ("BVP",), ""),
    )
    assert declared.labels == LABELS
    assert declared.valence is None
    assert declared.continuous
    with pytest.raises(DataError, match="no such file"):
        declared.load()


def test_recordings_are_read_lazily(study: Path) -> None:
    loaded = iter(source(study, change(5, cap="manifest.csv")).load())
    for _ in range(5):
        next(loaded)
    with pytest.raises(DataError, match=r"manifest\.csv, cap, line 7: .*manifest\.csv"):
        next(loaded)


def test_files_lists_every_file_for_the_cache(study: Path) -> None:
    expected = {study / "data" / f"s{n}.{kind}" for n in (1, 2, 3) for kind in ("edf", "zip")}
    found = source(study, ROWS).files
    assert len(found) == 6
    assert set(found) == expected


@pytest.mark.parametrize("cell", ["", " ", "n/a"])
def test_an_empty_cell_is_an_absent_modality(cell: str, study: Path) -> None:
    own = source(study, change(2, wrist=cell))
    found = recordings(own)
    assert [list(r.signals) for r in found] == [["eeg", "ppg"] if row != 2 else ["eeg"] for row in range(6)]
    assert "No file in 'wrist' for 1 of 6 recordings: s2/1." in own.notes
    windows = Window(length=2.0).transform(found[2], own.modalities, own.labels, None)
    assert len(windows) == 4
    assert windows.present["eeg"].all()
    assert not windows.present["ppg"].any()
    assert not windows.X["ppg"].any()


def test_a_recording_without_any_file_is_left_out(study: Path) -> None:
    assert len(recordings(source(study, change(2, wrist="", cap="")))) == 5


def test_a_file_that_a_cell_names_must_exist(study: Path) -> None:
    rows = [{**row, "wrist": row["wrist"].replace("data", "date")} for row in ROWS]
    with pytest.raises(DataError, match=r"wrist, line 2: no such file: .*date.* \(6 of 12 files are missing\)"):
        source(study, rows).load()


def test_a_column_without_any_file_is_refused(study: Path) -> None:
    with pytest.raises(DataError, match=r"manifest\.csv, wrist: no row names a file"):
        source(study, [{**row, "wrist": ""} for row in ROWS]).load()


def test_trials_of_two_sessions_are_two(study: Path) -> None:
    rows = [{**row, "session": "a" if row["trial"] == "1" else "b", "trial": "1"} for row in ROWS]
    found = recordings(source(study, rows))
    assert [(r.session, r.trial) for r in found] == [("a", "a-1"), ("b", "b-1")] * 3


def test_optional_columns_may_be_left_out(study: Path) -> None:
    optional = ("session", "condition", "stimulus", "weight", "start", "stop")
    rows = [{name: cell for name, cell in row.items() if name not in optional} for row in ROWS]
    first, *_ = recordings(source(study, rows))
    assert (first.session, first.condition, first.stimulus, first.weight) == ("", "", "", 1.0)
    assert first.signals["eeg"].values.shape == (2, 128 * SECONDS)


def test_a_weight_is_shared_by_the_windows_of_its_recording(study: Path) -> None:
    own = source(study, change(0, weight="3"))
    weights = [
        Window(length=length).transform(r, own.modalities, own.labels, None).weight
        for r, length in zip(recordings(own)[:2], (2.0, 4.0), strict=True)
    ]
    assert [len(weight) for weight in weights] == [4, 2]
    assert [weight.sum() for weight in weights] == pytest.approx([3.0, 1.0])


SCORES = [["1", "1", "1"], ["5", "1", "3"], ["", "4", "2"], ["", "", ""], ["0", "2", "3"]]


def rated(folder: Path, **inputs: Any) -> Folder:
    rows = [{**row, **dict(zip(LABELS, scores, strict=True))} for row, scores in zip(ROWS, SCORES, strict=False)]
    inputs = {"floor": 1.0, **inputs}
    return source(folder, rows if inputs["floor"] == 0.0 else rows[:4], **inputs)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, [[1 / 3, 1 / 3, 1 / 3], [5 / 9, 1 / 9, 3 / 9]]),
        ({"ratings": "above_floor"}, [[1 / 3, 1 / 3, 1 / 3], [4 / 6, 0, 2 / 6]]),
        ({"ratings": "above_floor", "at_floor": "drop"}, [[4 / 6, 0, 2 / 6]]),
        ({"ratings": "above_floor", "at_floor": "drop", "missing": "floor"}, [[4 / 6, 0, 2 / 6], [0, 3 / 4, 1 / 4]]),
        ({"missing": "mean"}, [[1 / 3, 1 / 3, 1 / 3], [5 / 9, 1 / 9, 3 / 9], [3 / 9, 4 / 9, 2 / 9]]),
        ({"floor": 0.0}, [[1 / 3, 1 / 3, 1 / 3], [5 / 9, 1 / 9, 3 / 9], [0, 2 / 5, 3 / 5]]),
        (
            {"ratings": "softmax"},
            [[1 / 3, 1 / 3, 1 / 3], list(np.exp([5, 1, 3]) / np.exp([5, 1, 3]).sum())],
        ),
    ],
)
def test_scores_become_distributions_by_the_rules(
    inputs: Mapping[str, Any], expected: list[list[float]], study: Path
) -> None:
    own = rated(study, **inputs)
    np.testing.assert_allclose([recording.D for recording in recordings(own)], expected, atol=1e-12)
    assert own.notes[0].startswith(f"Ratings by '{inputs.get('ratings', 'share')}': {len(expected)} of ")


def test_lines_are_counted_with_blank_ones(study: Path) -> None:
    own = source(study, change(5, happy="much"))
    path = study / "manifest.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, "", *rows[:3], "," * header.count(","), *rows[3:]]))
    with pytest.raises(DataError, match=r"manifest\.csv, happy, line 9: 'much' is not a number"):
        list(own.load())


def test_scores_above_the_ceiling_are_refused(study: Path) -> None:
    with pytest.raises(DataError, match=r"line 6: '3' is not a number from 0 to 2"):
        source(study, ceiling=2.0).load()
    assert len(recordings(source(study, ceiling=3.0))) == 6


def test_a_floor_that_no_score_reaches_is_noted(study: Path) -> None:
    hint = "No score is 0, the floor; the lowest is 1. State 'floor: 1' if that is the scale's."
    assert hint in source(study, ratings="above_floor").notes
    assert hint not in source(study).notes
    assert hint not in source(study, ratings="above_floor", floor=1.0).notes


def test_a_study_without_any_rating_is_refused(study: Path) -> None:
    rows = [{**row, "sad": ""} for row in ROWS]
    with pytest.raises(DataError, match=r"manifest\.csv: no row has the scores that it needs\. .*6 left out"):
        source(study, rows).load()


FAULTS: dict[str, tuple[list[dict[str, str]], str]] = {
    "no subject": (change(1, subject=" "), "subject, line 3: no subject is named"),
    "no trial": (change(1, trial="n/a"), "trial, line 3: no trial is named"),
    "a recording twice": (change(1, trial="1"), "line 3: subject 's1' trial '1' is already on line 2"),
    "a score that is none": (change(3, sad="much"), "sad, line 5: 'much' is not a number from 0"),
    "a score below the floor": (change(3, sad="-1"), "sad, line 5: '-1' is not a number from 0"),
    "an infinite score": (change(3, sad="inf"), "sad, line 5: 'inf' is not a number"),
    "no start": (change(3, start="early"), "start, line 5: 'early' is not a number"),
    "start before the file": (change(3, start="-1"), "start, line 5: '-1' is not a number from 0"),
    "stop before start": (change(3, start="9", stop="9"), "stop, line 5: it stops at 9 s, but starts at 9 s"),
    "no weight": (change(3, weight="0"), "weight, line 5: '0' is not a number from 1e-06"),
    "no such seconds": (change(3, stop="3600"), "cap, line 5: "),
    "another file": (change(3, cap="data/s1.zip"), "cap, line 5: "),
    "a name that cannot be": (change(3, cap="9" * 400), "cap, line 5: cannot be accessed"),
    "an unknown kind": (change(3, cap="../mat.mat"), "cap, line 5: "),
    "no subject column": (without("subject"), "subject: there is no such column. The table has: session, trial"),
    "no column of files": (without("wrist"), "wrist: there is no such column"),
    "no column of a label": (without("sad"), "sad: there is no such column"),
}


@pytest.mark.parametrize(("rows", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_manifest_names_column_and_line(rows: list[dict[str, str]], message: str, study: Path) -> None:
    (study.parent / "mat.mat").write_text("")
    with pytest.raises(DataError) as caught:
        recordings(source(study, rows))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(study / "manifest.csv"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a table that can be read"),
        ("subject,trial,cap,wrist,happy,sad,calm\n", "there are no rows"),
        ("subject,trial,cap,wrist,happy,sad,calm\ns1,1", "line 2: 2 cells, but the header has 7"),
        ("subject,trial,cap,wrist,happy,sad,calm,sad\n1,1,,,,,,", "sad: this column appears twice"),
        ('subject,trial,cap,wrist,happy,sad,calm\ns1,"1', "not a table that can be read"),
    ],
)
def test_a_manifest_that_is_no_table(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        Folder(path=tmp_path / "m.csv", modalities=DECLARED, labels=LABELS).load()


def test_a_manifest_of_another_kind(tmp_path: Path) -> None:
    for name in ("m.xlsx", "m"):
        (tmp_path / name).write_bytes(b"PK")
        with pytest.raises(DataError, match=r"no known kind of table. Known: \.csv, \.tsv"):
            Folder(path=tmp_path / name, modalities=DECLARED, labels=LABELS).load()


@pytest.mark.parametrize(
    ("column", "changes", "message"),
    [
        (
            "eeg",
            {"sfreq": 256.0},
            "data/s1.edf, Fz: 128 Hz in the file, but 256 Hz were declared; declare 128 (the file states it in its header: number of samples in a record / duration of a record)",
        ),
        (
            "eeg",
            {"unit": "uS"},
            "data/s1.edf, Fz: uV in the file, but uS was declared; declare uV (the file states it in its header: physical dimension)",
        ),
        ("eeg", {"channels": ("Oz",)}, "data/s1.edf, Oz: there is no such channel. It has: Fz, Cz"),
        (
            "ppg",
            {"sfreq": 32.0},
            "data/s1.zip, BVP: 64 Hz in the file, but 32 Hz were declared; declare 64 (the file states it in its second line of BVP.csv)",
        ),
        ("ppg", {"part": "EDA"}, "data/s1.zip: there is no part 'EDA'. It has: BVP"),
    ],
)
def test_a_mismatch_names_manifest_line_file_and_both_values(
    column: str, changes: dict[str, Any], message: str, study: Path
) -> None:
    declared = {**DECLARED, column: DECLARED[column].model_copy(update=changes)}
    with pytest.raises(DataError) as caught:
        recordings(source(study, modalities=declared))
    manifest_column = DECLARED[column].column
    assert str(caught.value) == f"{study}/manifest.csv, {manifest_column}, line 2: {study}/{message}"
    assert (caught.value.path, caught.value.field, caught.value.line) == (study / "manifest.csv", manifest_column, 2)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"labels": ("happy", "sad", "happy")}, "label 'happy'"),
        ({"labels": ("happy", "cap")}, "label 'cap' has the name of another label or column"),
        ({"labels": ("happy", "stop")}, "label 'stop'"),
        ({"valence": Valence(("happy",), ("glum",))}, "valence: 'glum' is not a label"),
        ({"valence": Valence(("happy",), ("happy",))}, "valence: 'happy'"),
    ],
)
def test_a_label_that_cannot_be(inputs: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        Folder(path=tmp_path / "m.csv", **{"modalities": DECLARED, "labels": LABELS, **inputs})


def test_a_file_that_several_rows_name_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyxdf = pytest.importorskip("pyxdf")
    loads, load = [], pyxdf.load_xdf
    monkeypatch.setattr(pyxdf, "load_xdf", lambda *args, **options: loads.append(args) or load(*args, **options))
    values = RNG.normal(size=(640, 1)).astype(np.float32)
    stream = xdf_stream(1, "amp", 64, values, 9 + np.arange(640) / 64, ["Fz"])
    for name in ("a", "b"):
        xdf(tmp_path / f"{name}.xdf", stream)
    lines = [f"{subject},{n},{n},{n + 2},{subject}.xdf,1,{n}" for subject in "ab" for n in range(4)]
    (tmp_path / "m.csv").write_text("\n".join(["subject,trial,start,stop,eeg,happy,sad", *lines]))
    declared = {"eeg": Declared(channels=("Fz",), sfreq=64.0, unit="uV")}
    found = recordings(Folder(path=tmp_path / "m.csv", modalities=declared, labels=("happy", "sad")))
    for n, recording in enumerate(found):
        np.testing.assert_array_equal(recording.signals["eeg"].values, values.T[:, n % 4 * 64 :][:, :128])
    assert len(loads) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_study_of_every_kind_of_file(kind: str, tmp_path: Path) -> None:
    declared = KINDS[kind][2]
    first, second = recordings(build(tmp_path, kind))
    early, late = first.signals["signal"], second.signals["signal"]
    assert early.values.shape == (len(declared.channels), round(1.5 * declared.sfreq))
    assert (early.sfreq, early.start, late.start) == pytest.approx((declared.sfreq, 0, 0), abs=1e-9)
    assert np.isfinite(early.values).all()


def long_table(folder: Path, n: int) -> Folder:
    """n recordings of half a minute and eight channels at 100 Hz, one after the other in one file."""
    values = np.tile(np.arange(3000.0), n)
    np.savetxt(folder / "x.csv", np.stack([values] * 8, 1), "%d", ",", header=",".join("abcdefgh"), comments="")
    lines = [f"s{row},1,{30 * row},{30 * row + 30},x.csv,1,{row}" for row in range(n)]
    (folder / "m.csv").write_text("\n".join(["subject,trial,start,stop,eeg,happy,sad", *lines]))
    declared = {"eeg": Declared(channels=tuple("abcdefgh"), sfreq=100.0)}
    return Folder(path=folder / "m.csv", modalities=declared, labels=("happy", "sad"))


@pytest.mark.slow
def test_memory_is_bounded_by_a_recording_however_long_the_study(tmp_path: Path) -> None:
    peaks = []
    for n in (2, 16):
        own = long_table(tmp_path, n)
        for recording in own.load():
            assert isinstance(recording, Recording)
            np.testing.assert_array_equal(recording.signals["eeg"].values[7], np.arange(3000))
        tracemalloc.start()
        for _ in own.load():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 10 * 3000 * 8 * 4, "a few times the recording"


def test_sessions_and_trials_with_dashes_are_different_recordings(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "a.csv", np.arange(300.0), header="Fz", comments="")
    lines = ["subject,session,trial,eeg,x,y", "s1,1,2-3,a.csv,1,2", "s1,1-2,3,a.csv,1,2"]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    declared = Declared(channels=("Fz",), sfreq=128.0)
    made = Folder(path=tmp_path / "m.csv", modalities={"eeg": declared}, labels=("x", "y"))
    assert [recording.trial for recording in recordings(made)] == ["1-2-3", "1-2/3"]


def test_an_array_of_epochs_is_named_with_its_shape(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", eeg=np.ones((5, 2, 128)))
    (tmp_path / "m.csv").write_text("subject,trial,eeg,x,y\ns1,1,a.npz,1,2\n")
    declared = Declared(channels=("a", "b"), sfreq=128.0)
    made = Folder(path=tmp_path / "m.csv", modalities={"eeg": declared}, labels=("x", "y"))
    with pytest.raises(DataError, match=r"eeg: cannot be read: the array is \(5, 2, 128\), but \(channels, samples\)"):
        list(made.load())
