"""A feature table becomes windows with names, features and distributions, or is refused with the place of the fault."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Valence
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.lifesnaps import LifeSnaps
from mpcl_plugins.sources.table import Table
from support.feature_tables import HEADER, LABELS, MODALITIES, ROWS, write_table


def table(path: Path, **changes: Any) -> Table:
    parameters: Mapping[str, Any] = {"path": path, "modalities": MODALITIES, "labels": LABELS} | changes
    return Table(**parameters)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_table(tmp_path / "walks.csv")


def test_rows_become_windows(path: Path) -> None:
    source = table(path, valence=Valence(("happy",), ("sad",)))
    windows = source.load()
    assert (
        source.modalities
        == windows.modalities
        == (
            Modality("heart", 2, 1, ch_names=("hr_mean", "hr_sd")),
            Modality("skin", 1, 1, ch_names=("gsr",)),
        )
    )
    assert windows.X["heart"][:, :, 0].tolist() == [[60.5, 2], [0, 0], [70, 4], [71, 5]]
    assert windows.present["heart"].tolist() == [True, False, True, True]
    assert windows.present["skin"].all()
    assert windows.D.tolist() == [[0.25, 0.75], [0.5, 0.5], [0.5, 0.5], [5 / 6, 1 / 6]]
    assert (windows.subject.tolist(), windows.trial.tolist()) == (["s1", "s1", "s2", "s2"], ["a", "b", "a", "b"])
    assert np.isnan(windows.t_start).all()
    assert windows.valence == source.valence
    assert not source.continuous


def test_rows_of_a_trial_are_its_windows(tmp_path: Path) -> None:
    header = ("Participant ID", "session", "trial", "stimulus", "t_start", "t_stop", "condition", "gsr", "happy", "sad")
    rows = tuple(
        ("s1", session, "1", "film", start, stop, "calm", "1.5", "1", "3")
        for session in ("am", "pm")
        for start, stop in (("0", "4"), ("4", "8"))
    )
    windows = table(write_table(tmp_path / "t.csv", rows, header), modalities={"skin": ("gsr",)}).load()
    assert windows.trial.tolist() == ["am-1", "am-1", "pm-1", "pm-1"]
    assert windows.session.tolist() == ["am", "am", "pm", "pm"]
    assert windows.window.tolist() == [0, 1, 0, 1]
    assert (windows.t_start.tolist(), windows.t_stop.tolist()) == ([0, 4, 0, 4], [4, 8, 4, 8])
    assert {windows.stimulus[0], windows.condition[0]} == {"film", "calm"}


def test_columns_with_other_names_are_stated(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", header=("code", "walk", *HEADER[2:]))
    with pytest.raises(DataError, match=r"t\.csv: no column has a usual name of people .*The table has: code, walk"):
        table(path).load()
    windows = table(path, subject="code", trial="walk").load()
    assert (windows.subject[0], windows.trial[1]) == ("s1", "b")
    assert table(path, subject="code").load().trial.tolist() == [""] * 4


def test_decimal_commas_and_units_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("subject;gsr_mean;gsr_sd;happy;sad\n;nS;nS;;\n1;1,5;2,5;1;3\n2;3,5;4,5;1,5;3\n;;;;\n")
    source = table(path, modalities={"gsr": ("gsr_*",)})
    assert source.modalities[0].unit == "nS"
    assert source.load().X["gsr"][:, :, 0].tolist() == [[1.5, 2.5], [3.5, 4.5]]
    assert source.load().D[1].tolist() == [1 / 3, 2 / 3]


def test_parquet_is_read_alike(tmp_path: Path, path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra 'parquet')")
    from pyarrow import parquet

    cells = list(zip(*ROWS, strict=True))
    numbers = {name: [float(cell) if cell else None for cell in cells[HEADER.index(name)]] for name in HEADER[2:]}
    parquet.write_table(pa.table({"subject": cells[0], "trial": cells[1], **numbers}), tmp_path / "walks.parquet")
    found, expected = table(tmp_path / "walks.parquet").load(), table(path).load()
    for name, values in expected.X.items():
        np.testing.assert_array_equal(found.X[name], values)
    np.testing.assert_array_equal(found.D, expected.D)
    assert found.subject.tolist() == expected.subject.tolist()


def test_scores_follow_the_rules_of_ratings(tmp_path: Path) -> None:
    rows = (*ROWS[:3], (*ROWS[3][:6], ""))
    path = write_table(tmp_path / "t.csv", rows)
    assert len(table(path).load()) == 3
    source = table(path, ratings="above_floor", at_floor="drop", missing="floor", floor=1.0, ceiling=5.0)
    assert source.load().D.tolist() == [[0, 1], [0.5, 0.5], [0.5, 0.5], [1, 0]]
    assert source.lowest_score == 0.0
    hint = table(write_table(tmp_path / "u.csv"), ratings="above_floor").notes
    assert any("No score is 0, the floor; the lowest is 1." in note for note in hint)


def test_notes_state_what_is_missing_constant_or_rated_otherwise(tmp_path: Path) -> None:
    rows = (*ROWS, ("s2", "b", "71", "5", "6.5", "1", "5"), ("s2", "c", "70", "", "6.5", "", ""))
    notes = table(write_table(tmp_path / "t.csv", rows), modalities={"heart": ("hr_*",)}).notes
    assert notes == (
        "Ratings by 'share': 5 of 6 rated rows have a distribution; 1 left out for a missing score.",
        "The ratings differ between rows of 1 of 5 trials.",
        "1 of 5 trials have several rows, which count as their windows.",
        "Empty cells, where a modality is absent: hr_sd in 1 of 5 rows.",
    )
    constant = tuple((*row[:4], "3.5", *row[5:]) for row in ROWS)
    notes = table(write_table(tmp_path / "u.csv", constant)).notes
    assert notes[-1] == "Columns with one value in all rows, which say nothing: gsr."


def test_unrated_table_needs_no_ratings(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", tuple(row[:5] for row in ROWS), HEADER[:5])
    source = Table.unrated(path=path, modalities=MODALITIES, labels=LABELS)
    assert source.load().D.tolist() == [[0.5, 0.5]] * 4
    assert source.notes == ("Empty cells, where a modality is absent: hr_sd in 1 of 4 rows.",)
    with pytest.raises(DataError, match=r"has no ratings of happy, sad: a column of scores is needed for each"):
        table(path).load()


@pytest.mark.parametrize(
    ("row", "column", "cell", "message"),
    [
        (0, "hr_sd", "fast", r"t\.csv, hr_sd, line 2: 'fast' is not a number"),
        (3, "gsr", "inf", r"t\.csv, gsr, line 5: the number is infinite or too large"),
        (3, "gsr", "1e39", r"t\.csv, gsr, line 5: the number is infinite or too large"),
        (1, "happy", "7", r"t\.csv, happy, line 3: 7 is not a score from 0 to 5"),
        (1, "happy", "-1", r"t\.csv, happy, line 3: -1 is not a score from 0 to 5"),
        (2, "subject", "", r"t\.csv, subject, line 4: no subject is named"),
        (2, "trial", "n/a", r"t\.csv, trial, line 4: no trial is named"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(row: int, column: str, cell: str, message: str, tmp_path: Path) -> None:
    rows = [list(cells) for cells in ROWS]
    rows[row][HEADER.index(column)] = cell
    path = write_table(tmp_path / "t.csv", tuple(map(tuple, rows)))
    with pytest.raises(DataError, match=message):
        table(path, ceiling=5.0).load()


def test_valence_of_other_labels_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="the valence names 'calm', which is none of the emotions"):
        table(path, valence=Valence(("calm",), ("sad",)))


def test_a_table_without_scores_or_rows_is_refused(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", tuple((*row[:5], "", "") for row in ROWS))
    with pytest.raises(DataError, match=r"no row has the scores that it needs"):
        table(path).load()
    with pytest.raises(DataError, match=r"there are no rows under the header"):
        table(write_table(tmp_path / "t.csv", ())).load()


@pytest.mark.slow
def test_the_daily_table_of_lifesnaps_is_read_as_its_own_source_reads_it(data_dir: Path) -> None:
    path = data_dir / "lifesnaps" / "daily.csv"
    own = LifeSnaps(path=path, smoothing=1e-9, min_days=0)
    moods = ("ALERT", "HAPPY", "NEUTRAL", "RESTED/RELAXED", "SAD", "TENSE/ANXIOUS", "TIRED")
    columns = {each.name: each.ch_names for each in own.modalities if each.name in ("steps", "heart_rate", "sleep")}
    found = table(path, modalities=columns, labels=moods, subject="id", trial="date", at_floor="drop").load()
    expected = own.load()
    assert found.subject.tolist() == expected.subject.tolist()
    assert found.trial.tolist() == expected.trial.tolist()
    np.testing.assert_allclose(found.D, expected.D, atol=1e-7)
    for name in columns:
        np.testing.assert_array_equal(found.present[name], expected.present[name])
        np.testing.assert_array_equal(found.X[name], expected.X[name])
