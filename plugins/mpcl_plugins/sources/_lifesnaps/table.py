"""Read the daily table of LifeSnaps: a person's day a row, with measures of the watch and the moods of the day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Row, csv_number, csv_rows

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
    columns = [column for group in MEASURES.values() for column in group]
    rows = csv_rows(path, ("id", "date", *columns, *MOODS.values()))
    days = [_day(rows, row, path) for row in range(len(rows))]
    seen: dict[tuple[str, str], int] = {}
    for row, day in enumerate(days):
        if (first := seen.setdefault((day.subject, day.date), row)) != row:
            raise DataError(f"{day.subject} on {day.date} is already row {first}", path, row=row)
    return days


def _day(rows: list[Row], row: int, path: Path) -> Day:
    subject, day = rows[row]["id"].strip(), rows[row]["date"].strip()
    if not subject:
        raise DataError("no person is named", path, "id", row)
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise DataError(f"'{day}' is not a date such as 2021-05-24", path, "date", row) from error
    cells = {column: _number(rows, row, column, path) for group in MEASURES.values() for column in group}
    zeros = tuple(column for column in NEVER_ZERO if cells[column] == 0)
    is_unworn = cells["sedentary_minutes"] >= MINUTES_OF_A_DAY
    absent = (*zeros, "sedentary_minutes") if is_unworn else zeros
    known = cells | dict.fromkeys(absent, np.nan)
    values = {name: [known[column] for column in group] for name, group in MEASURES.items()}
    return Day(subject, day, values, zeros, is_unworn, _moods(rows, row, path))


def _number(rows: list[Row], row: int, column: str, path: Path) -> float:
    number = csv_number(rows, row, column, path, -LIMIT, LIMIT)
    return np.nan if number is None else number


def _moods(rows: list[Row], row: int, path: Path) -> list[float] | None:
    moods = [csv_number(rows, row, column, path, 0.0, 1.0) for column in MOODS.values()]
    for column, mood in zip(MOODS.values(), moods, strict=True):
        if mood not in (None, 0.0, 1.0):
            raise DataError(f"{mood:g} is neither 0 nor 1", path, column, row)
        if mood is None and any(moods):
            raise DataError("empty, but other moods of the day are stated", path, column, row)
    answered = [mood or 0.0 for mood in moods]
    return answered if any(answered) else None
