"""A recipe for a feature table has its columns, a protocol that its people allow, and the scale that is stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.table import RatedTable, TableDataset, make_table_dataset


@dataclass(frozen=True)
class Column:
    name: str
    cells: Sequence[str]
    kind: str = "number"
    role: str = ""


def columns(people: int = 3, rows: int = 4, per_trial: int = 1) -> list[Column]:
    n = people * rows
    return [
        Column("person", [f"p{row // rows}" for row in range(n)], "text", "subject"),
        Column("trial", [f"t{row // per_trial}" for row in range(n)], "text", "trial"),
        Column("hr_mean", [str(row) for row in range(n)]),
        Column("hr_sd", [str(row * row) for row in range(n)]),
        Column("gsr", [str(-row) for row in range(n)]),
        Column("comment", ["none"] * n, "text"),
        Column("happy", [str(1 + row % 5) for row in range(n)]),
        Column("sad", ["1,5"] * n, "constant"),
        Column("calm", ["2"] * n, "constant"),
    ]


def made(found: Sequence[Column], **changes: Any) -> TableDataset:
    parameters: dict[str, Any] = {"path": Path("t.csv"), "labels": ("happy", "sad")} | changes
    return make_table_dataset("walks", RatedTable(**parameters), found)


def recipe(*arguments: Any, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(made(*arguments, **changes).recipe)
    return found


def test_columns_become_a_recipe() -> None:
    found = made(columns())
    assert (found.rows, found.subjects, found.left_out) == (
        12,
        ("p0", "p1", "p2"),
        ("comment (text)", "calm (constant)"),
    )
    assert found.names == {"subject": "person", "trial": "trial"}
    assert found.remarks == ("Scores are from 1 to 5; state the ends of their scale in the recipe (floor, ceiling).",)
    written = yaml.safe_load(found.recipe)
    assert written["source"] == {
        "use": "table",
        "path": "t.csv",
        "modalities": {"hr": ["hr_*"], "features": ["gsr"]},
        "labels": ["happy", "sad"],
        "floor": 0.0,
        "ratings": "share",
    }
    assert "prepare" not in written
    assert "pool" not in written
    assert written["streams"].keys() == {"heart", "body"}


def test_columns_with_other_names_are_stated_in_the_recipe() -> None:
    found = [Column(f"{one.name}_" if one.role else one.name, one.cells, one.kind) for one in columns()]
    source = recipe(found, subject="person_", trial="trial_")["source"]
    assert (source["subject"], source["trial"]) == ("person_", "trial_")


@pytest.mark.parametrize(
    ("people", "protocol"),
    [(1, {"use": "trial_heldout"}), (3, {"use": "loso"}), (21, {"use": "subject_kfold", "folds": 10})],
)
def test_people_decide_the_protocol(people: int, protocol: dict[str, Any]) -> None:
    assert recipe(columns(people))["protocol"] == protocol


def test_a_person_without_trials_has_folds_of_rows() -> None:
    found = [one for one in columns(1) if one.name != "trial"]
    assert recipe(found)["protocol"] == {"use": "kfold"}


def test_rows_decide_scope_and_pooling() -> None:
    assert recipe(columns(rows=3))["transforms"] == [{"use": "zscore"}]
    assert recipe(columns(rows=4))["transforms"] == [{"use": "zscore", "scope": "subject"}]
    assert "pool" not in recipe(columns(rows=4, per_trial=2))  # ratings differ within trials
    assert recipe(columns(rows=4, per_trial=2), labels=("sad", "calm"))["pool"] == {"unit": "trial", "keep": 0.5}


def test_scale_is_compared_with_the_scores() -> None:
    source = recipe(columns(), scale=(1.0, 5.0))["source"]
    assert (source["floor"], source["ceiling"]) == (1.0, 5.0)
    assert "No score is 0, the floor; the lowest is 1" in made(columns(), scale=(0.0, 5.0)).remarks[0]
    with pytest.raises(UsageError, match=r"--scale 2 5: scores are from 1 to 5"):
        made(columns(), scale=(2.0, 5.0))


def test_shares_need_no_scale() -> None:
    happy, sad = (["0.7", "", "0.333"] * 4, ["0.3", "1", "0.667"] * 4)
    found = [one for one in columns() if one.name not in ("happy", "sad")]
    remarks = made([*found, Column("happy", happy), Column("sad", sad)]).remarks
    assert remarks == ("The scores of each row are shares, which need no scale.",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("happy",)}, "at least two labels"),
        (
            {"labels": ("hapy", "sad")},
            r"--ratings hapy: t\.csv has no such column\. Did you mean 'happy'\? It has: per",
        ),
        ({"labels": ("happy", "happy")}, "--ratings happy: this column is named twice"),
        ({"labels": ("happy", "trial")}, "--ratings trial: this column is named twice"),
        ({"labels": ("happy", "comment")}, "--ratings comment: this column holds text such as 'none'"),
        ({"subject": "code"}, r"--subject code: t\.csv has no such column"),
        ({"trial": "walk"}, r"--trial walk: t\.csv has no such column"),
    ],
)
def test_wrong_columns_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        made(columns(), **changes)


def test_a_table_that_is_none_of_features_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no column with a usual name of people .*--subject COLUMN\. It has: trial"):
        made(columns()[1:])
    with pytest.raises(UsageError, match=r"has no column of numbers beside names of rows and ratings"):
        made([one for one in columns() if one.name not in ("hr_mean", "hr_sd", "gsr")])
    with pytest.raises(UsageError, match=r"has no rows under its header"):
        made(columns(people=0))
    empty = [Column("sad", [""] * 12, "empty") if one.name == "sad" else one for one in columns()]
    with pytest.raises(UsageError, match=r"--ratings sad: this column is empty"):
        made(empty)
