"""WESAD from the files of the watch, its ratings, and the real S2 to S8."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import Recording
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._wesad.questionnaire import read
from mpcl_plugins.sources.wesad import NEGATIVE, POSITIVE, WESAD
from mpcl_plugins.transforms.window import Window
from support.paths import ROOT
from support.wesad_study import LONG, OFFSET, ORDER, SECONDS, e4_study, e4_texts, e4_values, panas, quest

EVERYTHING = ("ppg", "gsr", "temperature", "acceleration", "heart_rate")
TEXTS = e4_texts(e4_values())


def load(path: Path, *signals: str) -> list[Recording]:
    return list(WESAD(path=path, layout="e4", signals=signals or EVERYTHING).load())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return e4_study(tmp_path_factory.mktemp("wesad"), TEXTS)


@pytest.fixture(scope="module")
def real(data_dir: Path) -> Path:
    return data_dir / "wesad"


@pytest.fixture(scope="module")
def study(real: Path) -> list[Recording]:
    return list(
        WESAD(path=real, layout="e4", missing="floor", signals=("ppg", "gsr", "temperature", "heart_rate")).load()
    )


@pytest.mark.parametrize(("name", "stored", "rate", "late"), [
    ("ppg", "BVP", 64, 0), ("gsr", "EDA", 4, 0), ("heart_rate", "HR", 1, 10),
])  # fmt: skip
def test_a_condition_is_cut_on_the_clock_of_the_watch(
    small: Path, name: str, stored: str, rate: int, late: int
) -> None:
    complete = e4_values()[stored]
    for recording, (begin, end) in zip(load(small), SECONDS, strict=True):
        signal = recording.signals[name]
        first, stop = (int(np.ceil((edge + OFFSET - late) * rate)) for edge in (begin, end))
        np.testing.assert_allclose(signal.values, complete[max(first, 0) : stop].T, rtol=1e-6)
        assert begin + OFFSET + signal.start == pytest.approx(late + max(first, 0) / rate)


def test_windows_of_all_signals_see_the_same_seconds(tmp_path: Path) -> None:
    ramps = {
        name: np.repeat((np.arange(len(v)) / (len(v) / LONG))[:, None], v.shape[1], 1)
        for name, v in e4_values().items()
    }
    ramps["HR"] += 10
    source = WESAD(path=e4_study(tmp_path, e4_texts(ramps)), layout="e4", signals=("ppg", "gsr", "heart_rate"))
    for recording, (begin, _) in zip(source.load(), SECONDS, strict=True):
        windows = Window(length=6.0).transform(recording, source.modalities, source.labels, source.valence)
        seconds = windows.t_start + begin + OFFSET
        for name, interval in (("ppg", 1 / 64), ("gsr", 1 / 4), ("heart_rate", 1.0)):
            assert np.abs(windows.X[name][:, 0, 0] - seconds).max() <= interval / 2 + 1e-3


def test_temperatures_that_cannot_be_are_missing(tmp_path: Path) -> None:
    path = e4_study(tmp_path, TEXTS)
    (path / "e4_offsets_derived.csv").write_text("subject,e4_offset_s\nS2,-10.0\n")
    first = load(path)[0].signals["temperature"].values
    assert np.isnan(first[0, :4]).all()
    np.testing.assert_allclose(first[0, 4:], e4_values()["TEMP"][4:200, 0], rtol=1e-6)


def test_acceleration_is_in_g(small: Path) -> None:
    np.testing.assert_allclose(
        load(small)[1].signals["acceleration"].values,
        e4_values()["ACC"][int((62 + OFFSET) * 32) : int((110 + OFFSET) * 32)].T / 64,
        rtol=1e-6,
    )


def test_a_folder_stands_for_the_zip_file(small: Path, tmp_path: Path) -> None:
    path = e4_study(tmp_path, {})
    (path / "S2" / "S2_E4_Data").mkdir()
    for name, text in TEXTS.items():
        (path / "S2" / "S2_E4_Data" / name).write_text(text)
    for one, other in zip(load(small), load(path), strict=True):
        for name in EVERYTHING:
            np.testing.assert_array_equal(one.signals[name].values, other.signals[name].values)


def test_only_wanted_signals_are_read(tmp_path: Path) -> None:
    path = e4_study(tmp_path, {name: TEXTS[name] for name in ("BVP.csv", "EDA.csv")})
    assert {tuple(recording.signals) for recording in load(path, "gsr")} == {("gsr",)}


def test_recordings_are_made_lazily(small: Path) -> None:
    iterator = WESAD(path=small, layout="e4").load()
    assert iter(iterator) is iterator
    assert next(iterator).trial == "Base"


def test_people_come_by_number_and_other_folders_do_not_matter(tmp_path: Path) -> None:
    path = e4_study(tmp_path, TEXTS, "S10")
    e4_study(path, TEXTS, "S2")
    (path / "Sources").mkdir()
    (path / "e4_offsets_derived.csv").write_text("subject,e4_offset_s\nS10,1.0\nS2,2.0\n")
    assert list(dict.fromkeys(recording.subject for recording in load(path, "gsr"))) == ["S2", "S10"]


def test_labels_and_their_valence(tmp_path: Path) -> None:
    source = WESAD(path=tmp_path)
    assert source.labels == (
        *("inspired", "alert", "excited", "enthusiastic", "determined"),
        *("afraid", "annoyed", "nervous", "scared", "distressed"),
    )
    assert source.valence is not None
    assert (source.valence.positive, source.valence.negative) == (POSITIVE, NEGATIVE)
    other = WESAD(path=tmp_path, labels=("sad", "happy", "stressed"))
    assert other.valence is not None
    assert (other.valence.positive, other.valence.negative) == (("happy",), ("sad", "stressed"))
    assert WESAD(path=tmp_path, labels=("sad", "stressed")).valence is None


def test_upset_has_the_scores_of_annoyed(small: Path) -> None:
    labels = tuple("upset" if label == "annoyed" else label for label in POSITIVE + NEGATIVE)
    named = WESAD(path=small, layout="e4", labels=labels)
    assert named.labels == labels
    for one, other in zip(named.load(), WESAD(path=small, layout="e4").load(), strict=True):
        np.testing.assert_array_equal(one.D, other.D)


def test_a_distribution_is_the_ratings_of_its_condition(small: Path) -> None:
    chosen = {"active": 0, "annoyed": 4, "sad": -1}
    found = WESAD(path=small, layout="e4", labels=tuple(chosen)).load()
    for recording, row in zip(found, panas(), strict=True):
        scores = np.array([float(row[place]) for place in chosen.values()])
        np.testing.assert_allclose(recording.D, scores / scores.sum(), rtol=1e-14)


@pytest.mark.parametrize(
    ("missing", "count", "printed"),
    [("drop", 4, "1 left out"), ("floor", 5, "1 with a missing"), ("mean", 5, "1 with a")],
)
def test_a_missing_score_follows_the_recipe(tmp_path: Path, missing: str, count: int, printed: str) -> None:
    rows = panas()
    rows[2][15] = "Nan"
    path = e4_study(tmp_path, TEXTS, text=quest(rows=rows))
    source = WESAD(path=path, layout="e4", missing=missing)  # type: ignore[arg-type]
    found = {recording.trial: recording for recording in source.load()}
    assert len(found) == count
    assert ("Medi 1" in found) == (count == 5)
    assert printed in source.notes[0]
    assert "e4_offsets_derived.csv" in source.notes[1]


def test_items_absent_from_the_questionnaire_are_missing(small: Path) -> None:
    source = WESAD(path=small, layout="e4", labels=("angry", "happy"))
    assert [recording.trial for recording in source.load()] == ["TSST"]
    assert "1 of 5" in source.notes[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"signals": ("ppg", "eeg")}, "'eeg', which these files lack"),
        ({"signals": ("heart_rate",)}, "'heart_rate', which these files lack; they have: ppg, gsr"),
        ({"signals": ("chest_ecg",), "layout": "e4"}, "'chest_ecg'"),
        ({"signals": ()}, "signals is empty"),
        ({"signals": ("ppg", "ppg")}, "signals names one twice"),
        ({"labels": ("happy", "bored")}, "'bored'"),
        ({"labels": ("upset", "annoyed")}, "labels names one twice: annoyed, annoyed"),
    ],
)
def test_a_parameter_that_cannot_be(tmp_path: Path, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WESAD(path=tmp_path, **parameters)  # type: ignore[arg-type]


def head(name: str, line: int, text: str) -> dict[str, str]:
    lines = TEXTS[name].splitlines()
    lines[line] = text
    return TEXTS | {name: "\n".join(lines)}


E4_FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "no file": ({name: text for name, text in TEXTS.items() if name != "EDA.csv"}, "EDA.csv", "no samples"),
    "no pulse": ({name: text for name, text in TEXTS.items() if name != "BVP.csv"}, "BVP.csv", "no samples"),
    "no samples": (TEXTS | {"EDA.csv": "1495437325.0\n4.0\n"}, "EDA.csv", "no samples"),
    "no start": (head("EDA.csv", 0, "today"), "EDA.csv EDA", "'today' is not a number"),
    "two rates": (head("ACC.csv", 1, "32, 32, 16"), "ACC.csv", "'32, 32, 16' in its first two lines"),
    "another rate": (head("EDA.csv", 1, "8.0"), "EDA.csv", "8 Hz, but 4 Hz are expected"),
    "another number of channels": (TEXTS | {"EDA.csv": TEXTS["ACC.csv"]}, "EDA.csv", "3 cells, but 1 are expected"),
    "no number": (head("EDA.csv", 7, "much"), "EDA.csv EDA", "'much' is not a number"),
    "a line too long": (head("EDA.csv", 7, "1.0,2.0"), "EDA.csv", "2 cells, but 1 are expected"),
    "not text": (head("EDA.csv", 7, "\xe4"), "EDA.csv", "cannot be read"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("texts", "field", "message"), E4_FAULTS.values(), ids=E4_FAULTS)
def test_a_fault_of_the_watch_names_archive_and_file(
    tmp_path: Path, texts: dict[str, str], field: str, message: str
) -> None:
    path = e4_study(tmp_path, texts)
    with pytest.raises(DataError) as caught:
        load(path, "ppg", "gsr", "acceleration")
    assert (caught.value.path, caught.value.field) == (path / "S2" / "S2_E4_Data.zip", field)
    assert message in caught.value.message


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = e4_study(tmp_path, TEXTS)
    archive = path / "S2" / "S2_E4_Data.zip"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 16
    archive.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        load(path)


SYNC_FAULTS = {
    "no offset for a person": ("subject,e4_offset_s\nS3,1\n", "has no row for S2"),
    "no column": ("subject,offset\nS2,1\n", "no such column"),
    "an empty cell": ("subject,e4_offset_s\nS2,\n", "line 2: is empty"),
    "no number": ("subject,e4_offset_s\nS2,soon\n", "'soon' is not a number"),
    "another day": ("subject,e4_offset_s\nS2,9000\n", "Base would be from 9010 to 9060 s, outside the recording"),
    "before the watch ran": ("subject,e4_offset_s\nS2,-9000\n", "outside the recording"),
}


@pytest.mark.parametrize(("text", "message"), SYNC_FAULTS.values(), ids=SYNC_FAULTS)
def test_a_fault_of_the_clock(tmp_path: Path, text: str, message: str) -> None:
    path = e4_study(tmp_path, TEXTS)
    (path / "e4_offsets_derived.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        load(path)


def test_table_of_offsets_may_be_in_another_folder(tmp_path: Path) -> None:
    path = e4_study(tmp_path, TEXTS)
    (path / "e4_offsets_derived.csv").rename(tmp_path / "mine.csv")
    with pytest.raises(DataError, match="no such file"):
        load(path)
    assert len(list(WESAD(path=path, layout="e4", sync=tmp_path / "mine.csv").load())) == 5


def test_a_missing_folder_is_known_from_the_modalities(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder of a person"):
        _ = WESAD(path=tmp_path / "nowhere").modalities


@pytest.mark.slow
def test_the_real_study_has_35_rated_conditions_of_7_people(study: list[Recording], real: Path) -> None:
    assert [recording.subject for recording in study] == [f"S{n}" for n in range(2, 9) for _ in range(5)]
    assert len({(recording.subject, recording.trial) for recording in study}) == 35
    for person in range(7):
        assert {recording.trial for recording in study[5 * person : 5 * person + 5]} == set(ORDER)
    assert [len(list(WESAD(path=real, layout="e4", signals=("gsr",)).load()))] == [34]
    seconds = np.array([recording.signals["gsr"].values.shape[1] / 4 for recording in study])
    assert (seconds.min(), seconds.max()) == (382, 1218)
    assert not any(np.isnan(signal.values).any() for recording in study for signal in recording.signals.values())


@pytest.mark.slow
def test_real_skin_conductance_is_highest_under_stress(study: list[Recording]) -> None:
    """It would not be, were the conditions cut in the wrong places."""
    for person in range(7):
        level = {
            recording.trial: recording.signals["gsr"].values.mean() for recording in study[5 * person : 5 * person + 5]
        }
        assert max(level, key=level.__getitem__) == "TSST"


@pytest.mark.slow
def test_hearts_beat_faster_in_stressful_conditions(study: list[Recording], real: Path) -> None:
    """Within persons: conditions, ratings and signals belong together."""
    stressed, rate = [], []
    for person in range(7):
        mine = study[5 * person : 5 * person + 5]
        name = mine[0].subject
        recorded = {rating.name: rating.scores["stressed"] for rating in read(real / name / f"{name}_quest.csv", name)}
        stressed.append([recorded[recording.trial] for recording in mine])
        rate.append([np.nanmean(recording.signals["heart_rate"].values) for recording in mine])
    within = [
        np.ravel(values - np.nanmean(values, axis=1, keepdims=True)) for values in map(np.array, (stressed, rate))
    ]
    available = ~np.isnan(within[0])
    assert available.sum() >= 34
    assert np.corrcoef(within[0][available], within[1][available])[0, 1] == pytest.approx(0.7, abs=0.1)


@pytest.mark.slow
def test_sad_is_zero_where_no_subject_rated_it(real: Path) -> None:
    found = WESAD(path=real, layout="e4", labels=("sad", "happy"), signals=("gsr",), ratings="above_floor").load()
    assert all(recording.D[0] in (0.0, 0.5) for recording in found)


@pytest.mark.slow
def test_the_real_train_mean_under_leave_one_subject_out(study: list[Recording]) -> None:
    D = np.stack([recording.D for recording in study])
    subject = np.array([recording.subject for recording in study])
    D_pred = np.stack([D[subject != held_out].mean(0) for held_out in subject])
    scores = {name: round(float(score.mean()), 4) for name, score in window_scores(D, D_pred).by_metric.items()}
    assert scores == {
        "chebyshev": 0.0710,
        "clark": 0.5822,
        "canberra": 1.5109,
        "kl_divergence": 0.0686,
        "cosine": 0.9416,
        "intersection": 0.8535,
    }


@pytest.mark.slow
def test_the_recipe_runs_on_the_real_study(real: Path, tmp_path: Path) -> None:
    recipe = ROOT / "mpcl_core" / "recipes" / "described-wesad.yaml"
    options = [f"--set={text}" for text in (f"source.path={real}", "train.epochs=1", "seeds=[0]")]
    assert main(["run", str(recipe), "--out", str(tmp_path / "out"), "--jobs=1", "--no-figures", *options]) == 0
    summary = (tmp_path / "out" / "summary.md").read_text()
    assert "105 windows with 35 distinct labels, 7 subjects" in summary
    assert "35 of 35 rated rows have a distribution; 1 with a missing score" in summary
    assert "| mean | 0.0710 | 0.5822 | 1.5109 | 0.0686" in summary
