"""Manifests are read with the files and scores that a prediction needs, or refused for their true cause."""

from pathlib import Path

import pytest

from mpcl_core.app.prediction.input_manifests import manifest_entries, rated_entries, write_manifest
from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.csv_table import Row, csv_rows

LABELS = ("joy", "fear")
COLUMNS = {"eeg": "eeg", "gsr": "watch"}


def manifest(folder: Path, text: str) -> Path:
    path = folder / "study.csv"
    path.write_text(text)
    return path


def test_files_of_a_row_are_absolute_and_other_columns_left_out(tmp_path: Path) -> None:
    path = manifest(tmp_path, "subject,trial,age,eeg,gsr,joy,fear\nanna,one,30,f.csv,n/a,3,1\n")
    wanted = {"subject": "anna", "trial": "one", "eeg": str(tmp_path / "f.csv")}
    assert manifest_entries(path, COLUMNS, ()) == [wanted]
    assert manifest_entries(path, COLUMNS, LABELS) == [{**wanted, "joy": "3", "fear": "1"}]


def test_column_of_the_training_stands_for_a_modality_that_has_none_of_its_own(tmp_path: Path) -> None:
    path = manifest(tmp_path, "subject,trial,watch,eeg\nanna,one,w.zip,f.csv\n")
    (row,) = manifest_entries(path, {"gsr": "watch", "ppg": "watch", "eeg": "watch"}, ())
    assert {name: Path(row[name]).name for name in ("gsr", "ppg", "eeg")} == {
        "gsr": "w.zip",
        "ppg": "w.zip",
        "eeg": "f.csv",
    }


def test_rows_that_lack_a_score_are_left_out_and_counted(tmp_path: Path) -> None:
    path = manifest(tmp_path, "subject,trial,eeg,joy,fear\na,1,f.csv,3,1\na,2,f.csv,,1\na,3,f.csv,n/a,n/a\n")
    messages: list[str] = []
    rated = rated_entries(path, manifest_entries(path, COLUMNS, LABELS), LABELS, "drop", messages.append)
    assert [row["trial"] for row in rated] == ["1"]
    assert messages == ["study.csv: 2 of 3 rows lack a score and are left out"]


@pytest.mark.parametrize(("missing", "filling"), [("floor", "the lowest score of the scale"), ("mean", "the mean of")])
def test_rows_keep_their_scores_where_the_rule_replaces_missing_ones(
    tmp_path: Path, missing: str, filling: str
) -> None:
    path = manifest(tmp_path, "subject,trial,eeg,joy,fear\na,1,f.csv,3,1\na,2,f.csv,,1\na,3,f.csv,n/a,n/a\n")
    messages: list[str] = []
    rated = rated_entries(path, manifest_entries(path, COLUMNS, LABELS), LABELS, missing, messages.append)
    assert [row["trial"] for row in rated] == ["1", "2"]
    assert messages[0] == "study.csv: 1 of 3 rows have no score and are left out"
    assert messages[1].startswith(f"study.csv: 1 of 3 rows lack some scores, taken as {filling}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "subject,trial,eeg,joy,fear\na,1,f.csv,,\na,2,f.csv,n/a,3\n",
            "holds no ratings: none of its 2 rows has a score",
        ),
        ("subject,trial,eeg,joy\na,1,f.csv,3\n", "has no ratings of fear: a column with scores is needed"),
        ("subject,trial,eeg\na,1,f.csv\n", "has no ratings of joy, fear"),
        ("subject,trial,eeg,joy,fear\na,1,,3,1\n", "names no file: the cells of eeg are empty in all 1 rows"),
        (
            "subject,trial,ecg,joy,fear\na,1,f.csv,3,1\n",
            "has no column with files named eeg, gsr, watch. It has: subject, tri",
        ),
        ("subject,trial,eeg,joy,fear\n", "has no rows"),
    ],
)
def test_manifest_that_cannot_calibrate_is_refused_for_its_true_cause(tmp_path: Path, text: str, message: str) -> None:
    path = manifest(tmp_path, text)
    with pytest.raises(DataError) as refused:
        rated_entries(path, manifest_entries(path, COLUMNS, LABELS), LABELS, "drop", lambda _: None)
    assert message in str(refused.value)


def test_written_manifest_has_a_score_for_each_emotion(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    rows = [Row({"subject": "a", "eeg": "f.csv"}, 2), Row({"subject": "b", "joy": "3", "fear": "0"}, 3)]
    write_manifest(path, rows, LABELS)
    assert csv_rows(path, ()) == [
        {"subject": "a", "eeg": "f.csv", "joy": "1", "fear": "1"},
        {"subject": "b", "eeg": "", "joy": "3", "fear": "0"},
    ]


def test_rows_keep_their_lines(tmp_path: Path) -> None:
    text = 'subject,trial,stimulus,eeg\n\na,1,,f.csv\na,2,"two\n\nlines",f.csv\n,,,\n\na,3,,f.csv\na,4,,f.csv\n'
    rows = manifest_entries(manifest(tmp_path, text), COLUMNS, ())
    assert [row.line for row in rows] == [3, 4, 9, 10]
    write_manifest(tmp_path / "made.csv", [rows[1], rows[3]], LABELS)
    assert [row.line for row in csv_rows(tmp_path / "made.csv", ())] == [4, 10]
