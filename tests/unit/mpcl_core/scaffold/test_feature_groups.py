"""Features are grouped by their names, and divided where rows that lack one would lose the others."""

import numpy as np

from mpcl_core.scaffold.feature_groups import Missing, group_features


def complete(*names: str) -> Missing:
    return {name: np.zeros(10, bool) for name in names}


def test_names_with_the_same_beginning_are_a_modality() -> None:
    names = ("hr_mean", "hr_sd", "gsr.mean", "gsr.slope", "rmssd")
    found = group_features(complete(*names), ["subject", *names, "happy"])
    assert found == {"hr": ["hr_*"], "gsr": ["gsr.*"], "features": ["rmssd"]}


def test_a_pattern_stands_for_no_other_column() -> None:
    found = group_features(complete("hr_mean", "hr_sd"), ["hr_mean", "hr_sd", "hr_comment"])
    assert found == {"hr": ["hr_mean", "hr_sd"]}


def test_too_many_beginnings_are_one_modality() -> None:
    names = [f"c{channel}_{band}" for channel in range(9) for band in ("alpha", "beta")]
    assert group_features(complete(*names), names) == {"features": names}


def test_features_that_are_missing_together_are_a_modality() -> None:
    first, second = np.arange(10) < 6, np.arange(10) > 3
    missing = {"steps": first, "hr_mean": first, "pace": first, "spo2": second, "hr_night": second}
    found = group_features(missing, list(missing))
    assert found == {"hr": ["hr_mean"], "hr_night": ["hr_night"], "steps": ["steps", "pace"], "spo2": ["spo2"]}


def test_a_few_empty_cells_divide_nothing() -> None:
    missing = {"hr_mean": np.arange(10) < 1, "hr_sd": np.arange(10) > 8}
    assert group_features(missing, list(missing)) == {"hr": ["hr_*"]}


def test_names_stay_apart() -> None:
    first, second = np.arange(10) < 6, np.arange(10) > 3
    missing = {"a.b": first, "a_b": second, "x_1": first, "x_2": second}
    found = group_features(missing, list(missing))
    assert len(found) == 4
    assert sorted(column for columns in found.values() for column in columns) == sorted(missing)
