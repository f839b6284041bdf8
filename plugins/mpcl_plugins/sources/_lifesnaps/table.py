"""Read the daily table of LifeSnaps: a person's day a row, with measures of the watch and the moods of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Row, csv_numbers, csv_rows

MEASURES = {
    "activity": (
        "calories",
        "lightly_active_minutes",
        "moderately_active_minutes",
        "very_active_minutes",
        "sedentary_minutes",
    ),
    "steps": ("steps", "distance"),
    "heart_rate": ("bpm", "resting_hr"),
    "heart_zones": (
        "minutes_below_default_zone_1",
        "minutes_in_default_zone_1",
        "minutes_in_default_zone_2",
        "minutes_in_default_zone_3",
    ),
    "hrv": ("nremhr", "rmssd"),
    "breathing": ("full_sleep_breathing_rate",),
    "spo2": ("spo2",),
    "skin_temperature": ("nightly_temperature", "daily_temperature_variation"),
    "skin_conductance": ("scl_avg",),
    "sleep": ("minutesToFallAsleep", "minutesAsleep", "minutesAwake", "minutesAfterWakeup", "sleep_efficiency"),
    "sleep_stages": ("sleep_deep_ratio", "sleep_wake_ratio", "sleep_light_ratio", "sleep_rem_ratio"),
    "stress": (
        "stress_score",
        "sleep_points_percentage",
        "exertion_points_percentage",
        "responsiveness_points_percentage",
    ),
}
"""Modality -> the columns that are its measures. They are those that are present or missing on the same days."""
MOODS = {
    "alert": "ALERT",
    "happy": "HAPPY",
    "neutral": "NEUTRAL",
    "rested_relaxed": "RESTED/RELAXED",
    "sad": "SAD",
    "tense_anxious": "TENSE/ANXIOUS",
    "tired": "TIRED",
}
"""Label -> its column."""
COLUMNS = tuple(column for group in MEASURES.values() for column in group)
NEVER_ZERO = ("stress_score", "nremhr", "rmssd", "full_sleep_breathing_rate", "scl_avg")
"""The columns in which a 0 means that nothing was measured."""
MINUTES_OF_A_DAY = 1440
LIMIT = 1e9


@dataclass(frozen=True)
class Day:
    """Hold one person's day.

    Args:
        subject: the person.
        date: as YYYY-MM-DD.
        values: modality -> its measures, NaN where one was not measured.
        zeros: the columns whose 0 was taken as not measured.
        is_unworn: whether the watch was not worn.
        moods: 1 for each of `MOODS` that was answered, 0 for others; None where no prompt was answered.
    """

    subject: str
    date: str
    values: dict[str, list[float]]
    zeros: tuple[str, ...]
    is_unworn: bool
    moods: list[float] | None


def read_days(path: Path) -> list[Day]:
    """Return the days of all people in the order of the table.

    Args:
        path: the table.

    Returns:
        The days, those without a mood too.

    Raises:
        DataError: a column is missing, a cell is not valid, or a day appears twice.
    """
    rows = csv_rows(path, ("id", "date", *COLUMNS, *MOODS.values()))
    measures = csv_numbers(rows, COLUMNS, path, -LIMIT, LIMIT).tolist()
    moods = _moods(rows, path)
    seen: dict[tuple[str, str], int] = {}
    days = []
    for row, cells in enumerate(rows):
        subject, day = _keys(cells, path)
        if (first := seen.setdefault((subject, day), cells.line)) != cells.line:
            raise DataError(f"{subject} on {day} is already on line {first}", path, line=cells.line)
        days.append(_day(subject, day, dict(zip(COLUMNS, measures[row], strict=True)), moods[row]))
    return days


def _keys(cells: Row, path: Path) -> tuple[str, str]:
    """Return the person and the date of a row.

    Returns:
        Both as text.
    """
    subject, day = cells["id"].strip(), cells["date"].strip()
    if not subject:
        raise DataError("no person is named", path, "id", line=cells.line)
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise DataError(f"'{day}' is not a date such as 2021-05-24", path, "date", line=cells.line) from error
    return subject, day


def _day(subject: str, day: str, cells: dict[str, float], moods: list[float] | None) -> Day:
    zeros = tuple(column for column in NEVER_ZERO if cells[column] == 0)
    is_unworn = cells["sedentary_minutes"] >= MINUTES_OF_A_DAY
    known = cells | dict.fromkeys((*zeros, "sedentary_minutes") if is_unworn else zeros, np.nan)
    values = {name: [known[column] for column in group] for name, group in MEASURES.items()}
    return Day(subject, day, values, zeros, is_unworn, moods)


def _moods(rows: Sequence[Row], path: Path) -> list[list[float] | None]:
    """Return the moods of each row, after a check that they are 0, 1 or all missing.

    Returns:
        Seven numbers a row; None where no mood was answered.
    """
    names = tuple(MOODS.values())
    moods = csv_numbers(rows, names, path, 0.0, 1.0)
    missing = np.isnan(moods)
    for row, column in np.argwhere(~missing & (moods != 0) & (moods != 1)).tolist():
        raise DataError(f"{moods[row, column]:g} is neither 0 nor 1", path, names[column], line=rows[row].line)
    for row, column in np.argwhere(missing & ~missing.all(1, keepdims=True)).tolist():
        raise DataError("empty, but other moods of the day are stated", path, names[column], line=rows[row].line)
    return [line if any(line) else None for line in np.where(missing, 0.0, moods).tolist()]
