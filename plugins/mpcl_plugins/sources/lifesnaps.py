"""LifeSnaps: days of 71 people with a Fitbit and prompts on their phone that ask for a mood.

Yfantidou et al., *LifeSnaps, a 4-month multi-modal dataset capturing unobtrusive snapshots of our lives in the wild*,
Scientific Data 2022. The files are on Zenodo (6832242), CC BY 4.0 as far as known; this source downloads nothing.

    D_k = (m_k + s) / Σ_j (m_j + s)       m_k = 1 where mood k was answered on the day, else 0

A prompt takes one of seven moods, and m is the union of a day's one to three answers. It is no intensity: two moods of
a day mean that both were felt at some time, and a mood that was not answered may have been felt between the prompts.
Hence the smoothing s.
"""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Modality, Natural, Positive, Source, Valence, WindowSet
from mpcl_plugins.sources._lifesnaps.table import MEASURES, MOODS, Day, read_days

POSITIVE, NEGATIVE = ("alert", "happy", "rested_relaxed"), ("sad", "tense_anxious", "tired")
FRIDAY = 4


class LifeSnaps(Source):
    """Read one window a day that has a mood, with the measures that the watch took on that day.

    ``subject`` is the person, ``trial`` the date; there are no sessions, conditions and stimuli. The measures are
    feature tables, one row a measure: ``activity`` (kcal, and minutes at four levels), ``steps`` (count, and metres),
    ``heart_rate`` (mean and at rest, bpm), ``heart_zones`` (minutes), ``hrv`` (heart rate in bpm and RMSSD in ms of
    the sleep without REM), ``breathing`` (per minute), ``spo2`` (%), ``skin_temperature`` (degC), ``skin_conductance``
    (uS), ``sleep`` (minutes, and efficiency in %), ``sleep_stages`` (ratios to the person's usual night) and
    ``stress`` (Fitbit's score and its three parts).

    Traps of the table, and what is done about them:

    - A quarter to two thirds of the cells are empty. A modality is present on a day that has all its measures, and
      absent on others; nothing is imputed.
    - A 0 means "not measured" in ``stress_score``, ``nremhr``, ``rmssd``, ``full_sleep_breathing_rate`` and
      ``scl_avg``, and 1440 sedentary minutes mean a day without the watch: the modality is absent there.
    - The places (HOME, GYM …) come from the same prompt as the moods. They are self-report and never an input; goals,
      badges, names of activities, age, gender and the estimate of VO2max, which identify the person, are not either.
    - Days of one person resemble their neighbours, so that protocols which hold out days of known people claim too
      much. Hold out people, or calibrate on the first days (``loso_calibrated``): dates are in order.
    - Most of what a day holds is the person: z-score by subject.

    Args:
        path: the daily table (``daily_fitbit_sema_df_unprocessed.csv`` of the publication); more columns do no harm.
        smoothing: s, what is added to every mood before they are divided by their sum.
        min_days: people with fewer days that have a mood are left out.
        calendar: add the table ``calendar``, whose one number is 1 on Saturdays and Sundays and 0 on other days. It is
            known before any rating, and is no signal of the body.

    Raises:
        DataError: the file is missing or damaged, a cell is not a number, a mood is not 0 or 1, a day appears twice, or
            nobody is left.
    """

    name = "lifesnaps"

    def __init__(self, *, path: Path, smoothing: Positive = 0.1, min_days: Natural = 5, calendar: bool = False) -> None:
        self.path, self.smoothing, self.min_days, self.calendar = path, smoothing, min_days, calendar

    @property
    def modalities(self) -> tuple[Modality, ...]:
        tables = MEASURES | ({"calendar": ("weekend",)} if self.calendar else {})
        return tuple(Modality(name, len(columns), 1, ch_names=columns) for name, columns in tables.items())

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(MOODS)

    @property
    def valence(self) -> Valence:
        return Valence(POSITIVE, NEGATIVE)

    @property
    def notes(self) -> tuple[str, ...]:
        days = read_days(self.path)
        used = self._used(days)
        unrated, people = sum(day.moods is None for day in days), len({day.subject for day in used})
        few = len(days) - unrated - len(used)
        lines = [
            f"{len(used)} of {len(days)} days are used: {unrated} have no mood, and {few} are of people with fewer "
            f"than {self.min_days} days that have one; {people} people are left."
        ]
        if unworn := sum(day.is_unworn for day in used):
            lines.append(f"{unworn} days without the watch (1440 sedentary minutes) have no activity.")
        zeros = Counter(column for day in used for column in day.zeros)
        lines += [f"A 0 in {column} is taken as not measured ({count} days)." for column, count in zeros.items()]
        return tuple(lines)

    def load(self) -> WindowSet:
        days = self._used(read_days(self.path))
        if not days:
            raise DataError(f"nobody has {self.min_days} days with a mood", self.path)
        moods = np.array([day.moods for day in days]) + self.smoothing
        X = {name: np.array([day.values[name] for day in days], np.float32)[:, :, None] for name in MEASURES}
        if self.calendar:
            weekends = [date.fromisoformat(day.date).weekday() > FRIDAY for day in days]
            X["calendar"] = np.array(weekends, np.float32)[:, None, None]
        present = {name: np.logical_and.reduce(np.isfinite(values), (1, 2)) for name, values in X.items()}
        return WindowSet(
            self.modalities,
            {name: np.where(present[name][:, None, None], values, np.float32(0)) for name, values in X.items()},
            present,
            moods / moods.sum(1, keepdims=True),
            self.labels,
            subject=np.array([day.subject for day in days]),
            trial=np.array([day.date for day in days]),
            valence=self.valence,
        ).validate(self.path)

    def _used(self, days: list[Day]) -> list[Day]:
        rated = [day for day in days if day.moods is not None]
        count = Counter(day.subject for day in rated)
        return [day for day in rated if count[day.subject] >= self.min_days]
