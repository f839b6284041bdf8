"""Days of LifeSnaps as windows: what is present, which distribution, and which tables are refused."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.grade import grade_fold
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.loso_calibrated import LOSOCalibrated
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from mpcl_plugins.sources.lifesnaps import LifeSnaps
from support.lifesnaps_files import save, table


def test_days_become_windows(tmp_path: Path) -> None:
    source = LifeSnaps(path=save(tmp_path, table()))
    windows = source.load()
    assert list(windows.subject) == ["p0"] * 5 + ["p1"] * 5
    assert list(windows.trial[:2]) == ["2021-06-01", "2021-06-02"]
    assert windows.modalities == source.modalities
    assert windows.X["activity"][1, :, 0].tolist() == [11, 12, 13, 14, 15]
    assert all(present.all() for present in windows.present.values())
    assert not source.continuous


def test_calendar_states_whether_a_day_is_of_a_weekend(tmp_path: Path) -> None:
    path = save(tmp_path, table(days=7))  # from Tuesday to Monday
    source = LifeSnaps(path=path, calendar=True)
    windows = source.load()
    assert windows.modalities == source.modalities
    assert windows.modalities[-1].ch_names == ("weekend",)
    assert windows.X["calendar"][:7, 0, 0].tolist() == [0, 0, 0, 0, 1, 1, 0]
    assert windows.present["calendar"].all()
    assert "calendar" not in LifeSnaps(path=path).load().X


def test_moods_become_smoothed_shares(tmp_path: Path) -> None:
    D = LifeSnaps(path=save(tmp_path, table())).load().D
    np.testing.assert_allclose(D[0], [1.1 / 1.7, *[0.1 / 1.7] * 6])
    np.testing.assert_allclose(D[2], [1.1 / 2.7, 0.1 / 2.7, 1.1 / 2.7, *[0.1 / 2.7] * 4])


@pytest.mark.parametrize(
    ("column", "value", "absent"),
    [
        ("nremhr", "", "hrv"),
        ("rmssd", 0, "hrv"),
        ("stress_score", 0, "stress"),
        ("full_sleep_breathing_rate", 0.0, "breathing"),
        ("scl_avg", 0, "skin_conductance"),
        ("sedentary_minutes", 1440, "activity"),
    ],
)
def test_what_was_not_measured_is_absent(tmp_path: Path, column: str, value: object, absent: str) -> None:
    rows = table()
    rows[3][column] = value
    source = LifeSnaps(path=save(tmp_path, rows))
    windows = source.load()
    lacking = {name: np.flatnonzero(~present).tolist() for name, present in windows.present.items()}
    assert lacking == {name: [3] if name == absent else [] for name in lacking}
    assert not windows.X[absent][3].any()
    assert (len(source.notes) == 1) == (value == "")


def test_zero_steps_are_steps(tmp_path: Path) -> None:
    rows = table()
    rows[3]["steps"] = 0
    assert LifeSnaps(path=save(tmp_path, rows)).load().present["steps"].all()


def test_days_without_mood_and_people_with_few_days_are_left_out(tmp_path: Path) -> None:
    rows = table(people=2, days=6)
    rows[0] |= dict.fromkeys(("ALERT", "HAPPY", "NEUTRAL", "RESTED/RELAXED", "SAD", "TENSE/ANXIOUS", "TIRED"), "")
    source = LifeSnaps(path=save(tmp_path, rows), min_days=6)
    assert set(source.load().subject) == {"p1"}
    assert source.notes[0].startswith("6 of 12 days are used: 1 have no mood, and 5 are of people with fewer than 6")


def test_places_goals_and_identifying_columns_are_no_input(tmp_path: Path) -> None:
    source = LifeSnaps(path=save(tmp_path, table()))
    columns = {name for modality in source.modalities for name in modality.ch_names}
    forbidden = ("HOME", "GYM", "step_goal", "badgeType", "activityType", "filteredDemographicVO2Max", "id", "age")
    assert not columns & set(forbidden)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("SAD", 0.5, "0.5 is neither 0 nor 1"),
        ("SAD", 3, "'3' is not a number from 0 to 1"),
        ("SAD", "", "empty, but other moods of the day are stated"),
        ("date", "27.10.2021", "'27.10.2021' is not a date such as 2021-05-24"),
        ("id", "", "no person is named"),
        ("steps", "many", "'many' is not a number"),
    ],
)
def test_invalid_cell_is_named(tmp_path: Path, column: str, value: object, message: str) -> None:
    rows = table()
    rows[4][column] = value
    with pytest.raises(DataError, match=rf"daily\.csv, {column}, line 6: {message}"):
        LifeSnaps(path=save(tmp_path, rows)).load()


def test_repeated_day_is_refused(tmp_path: Path) -> None:
    rows = table()
    with pytest.raises(DataError, match="line 12: p0 on 2021-06-01 is already on line 2"):
        LifeSnaps(path=save(tmp_path, [*rows, rows[0]])).load()


def test_nobody_left_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nobody has 6 days with a mood"):
        LifeSnaps(path=save(tmp_path, table()), min_days=6).load()


def test_real_days(data_dir: Path) -> None:
    windows = LifeSnaps(path=data_dir / "lifesnaps" / "daily.csv").load()
    assert (len(windows), len(set(windows.subject))) == (1045, 27)
    shares = {name: round(float(present.mean()), 3) for name, present in windows.present.items()}
    assert (shares["activity"], shares["stress"], shares["skin_conductance"]) == (0.883, 0.426, 0.044)
    assert {grade_fold(windows, fold) for fold in SubjectKFold(folds=10).split(windows)} == {"subject-independent"}


def test_calibration_takes_the_first_days(data_dir: Path) -> None:
    windows = LifeSnaps(path=data_dir / "lifesnaps" / "daily.csv", min_days=10).load()
    fold = next(iter(LOSOCalibrated(trials=5).split(windows)))
    fitting = np.concatenate([fold.train, fold.validation])
    own = fitting[windows.subject[fitting] == fold.label]
    assert len(own) == 5
    assert max(windows.trial[own]) < min(windows.trial[fold.test])
