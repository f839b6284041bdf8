"""A feature table is predicted as the model's own table was read, or refused with what it lacks."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.app.prediction.model_input import ModelInput, open_input
from mpcl_core.app.prediction.table_inputs import open_table, takes_table
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matched_source import MatchedSource
from support.feature_tables import HEADER, ROWS, write_table
from support.model_descriptions import described

INPUTS = (Modality("heart", 2, 1, ch_names=("hr_mean", "hr_sd")), Modality("skin", 1, 1, ch_names=("gsr",)))
SOURCE = {"use": "table", "path": "of/the/training.csv", "ratings": "above_floor", "floor": 1.0, "subject": ""}


def model(**source: Any) -> Any:
    return described(inputs=INPUTS, modalities=INPUTS, labels=("happy", "sad"), recipe={"source": SOURCE | source})


def windows(path: Path, is_rated: bool = False, messages: list[str] | None = None, **source: Any) -> WindowSet:
    on_message = (lambda _: None) if messages is None else messages.append
    found = open_table(path, model(**source), is_rated, on_message).load()
    assert isinstance(found, WindowSet)
    return found


def without(path: Path, *columns: str) -> Path:
    kept = [number for number, name in enumerate(HEADER) if name not in columns]
    return write_table(path, tuple(tuple(row[n] for n in kept) for row in ROWS), tuple(HEADER[n] for n in kept))


def test_a_table_without_ratings_is_read(tmp_path: Path) -> None:
    found = windows(without(tmp_path / "t.csv", "happy", "sad"))
    assert found.subject.tolist() == ["s1", "s1", "s2", "s2"]
    assert found.D.tolist() == [[0.5, 0.5]] * 4


def test_ratings_follow_the_rules_of_the_training(tmp_path: Path) -> None:
    messages: list[str] = []
    assert windows(write_table(tmp_path / "t.csv"), True, messages).D.tolist()[0] == [0, 1]
    assert messages[0] == "Ratings by 'above_floor': 4 of 4 rated rows have a distribution."
    with pytest.raises(DataError, match=r"t\.csv, happy, line 5: 5 is not a score from 1 to 4"):
        windows(write_table(tmp_path / "t.csv"), True, ceiling=4.0)
    with pytest.raises(DataError, match=r"t\.csv: has no ratings of sad"):
        windows(without(tmp_path / "t.csv", "sad"), True)


def test_the_column_of_people_is_that_of_the_training(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", header=("code", *HEADER[1:]))
    assert windows(path, subject="code").subject[0] == "s1"
    with pytest.raises(DataError, match=r"t\.csv: no column has a usual name of people"):
        windows(path)


def test_a_modality_without_any_column_is_absent(tmp_path: Path) -> None:
    assert list(windows(without(tmp_path / "t.csv", "gsr")).X) == ["heart"]


def test_units_of_a_table_are_those_of_the_model(tmp_path: Path) -> None:
    taken = (Modality("skin", 1, 1, ch_names=("gsr",), unit="uS"),)
    description = described(inputs=taken, modalities=taken, labels=("happy", "sad"), recipe={"source": SOURCE})
    (tmp_path / "t.csv").write_text("subject;gsr\n;nS\ns1;1500,5\ns1;2000\n")
    matched = MatchedSource(open_table(tmp_path / "t.csv", description), description).load()
    assert isinstance(matched, WindowSet)
    assert matched.X["skin"][:, 0, 0].tolist() == pytest.approx([1.5005, 2.0])
    (tmp_path / "t.csv").write_text("subject;gsr\n;bpm\ns1;60,5\n")
    with pytest.raises(DataError, match="skin: is in bpm, but the model takes uS"):
        MatchedSource(open_table(tmp_path / "t.csv", description), description).load()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("hr_sd",), r"t\.csv, heart: lacks hr_sd, which the model takes"),
        (
            ("hr_sd", "hr_mean", "gsr"),
            r"none of the columns that the model takes \(hr_mean, hr_sd, gsr\)\. It has: subject",
        ),
    ],
)
def test_lacking_columns_are_named(columns: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        windows(without(tmp_path / "t.csv", *columns))


def test_other_inputs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.edf").touch()
    for path in (tmp_path, tmp_path / "x.edf"):
        with pytest.raises(DataError, match=r"trained on a feature table; name one \(\.csv, \.tsv, \.parquet\), or a"):
            windows(path)


def test_models_of_tables_take_tables(tmp_path: Path) -> None:
    assert takes_table(model())
    assert not takes_table(model(use="folder"))
    with open_input(ModelInput(write_table(tmp_path / "t.csv")), model()) as source:
        assert source.name == "table"
