"""K-EmoCon: wrist signals of 32 people who debated in pairs, with self-ratings every five seconds.

Park et al., *K-EmoCon, a multimodal sensor dataset for continuous emotion recognition in naturalistic conversations*,
Scientific Data 2020. The files are on Zenodo (3931963), given out on request for academic use; this source downloads
nothing, and was tested on files made in the documented layout.

People watched the video of their debate and rated five emotions from 1 to 4 for every five seconds:

    D_k = (s_k − 1) / Σ_j (s_j − 1)      the score above "very low"
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import (
    AtFloor,
    DataError,
    MissingScore,
    RatingRule,
    Ratings,
    Recording,
    Row,
    Valence,
    csv_number,
    csv_rows,
)
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals
from mpcl_plugins.sources.formats.clock import fit_grid
from mpcl_plugins.sources.formats.table_lines import naming_lines

EMOTIONS = ("cheerful", "happy", "angry", "nervous", "sad")
LOWEST, HIGHEST, SECONDS = 1.0, 4.0, 5.0
TWO_DEVICES = {"29": "A013E1", "31": "A013E1"}
"""Person -> the device that was theirs, in files that hold two."""
_TABLES = {"ppg": ("E4_BVP", ("value",)), "gsr": ("E4_EDA", ("value",)), "temperature": ("E4_TEMP", ("value",))}
_LATEST = 1e13  # milliseconds since 1970


class KEmoCon(StudySource):
    """Read one recording for each rated five seconds of each debate.

    ``subject`` is the person (``P1`` to ``P32``), ``trial`` the second at which the five seconds end, ``stimulus`` the
    debate (people 1 and 2 had the first). The modalities are those of the wristband: ``ppg`` (64 Hz), ``gsr`` and
    ``temperature`` (4 Hz; uS, degC). The bands of the one-electrode headset are not read.

    Traps of these files, and what is done about them:

    - ``seconds`` is the end of the five seconds that a row rates, counted from ``startTime`` in ``subjects.csv``; rows
      after ``endTime`` have no signal and are left out.
    - The files of people 29 and 31 hold two devices: ``device_serial`` A013E1 was theirs.
    - A 0 in skin conductance or temperature means no contact: it is missing.
    - Neighbours of five seconds are nearly the same, and two people share a debate, so that protocols which hold out
      rows or single people claim too much: hold out debates (``subject_and_stimulus``).
    - A row may have the lowest score everywhere: see ``at_floor``.
    - Ratings by the partner and by observers are others' views, and arousal and valence are ratings too: never an
      input.

    Args:
        path: the folder that holds ``metadata/subjects.csv``, ``e4_data`` and ``emotion_annotations``.
        ratings: how scores become a distribution.
        at_floor: a row with every score at 1 is ``uniform``, or ``drop`` leaves it out.
        missing: what happens where a score is missing.

    Raises:
        DataError: a file is missing or damaged, or has a rating outside of 1 to 4.
    """

    name = "k_emocon"
    lowest_score = LOWEST
    tracks: ClassVar[Mapping[str, Track]] = {
        "ppg": Track(("BVP",), 64.0),
        "gsr": Track(("EDA",), 4.0, "uS", is_zero_missing=True),
        "temperature": Track(("TEMP",), 4.0, "degC", is_zero_missing=True),
    }
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(EMOTIONS[:2], EMOTIONS[2:])
    pattern = "emotion_annotations/self_annotations/P*.self.csv"

    def __init__(
        self,
        *,
        path: Path,
        ratings: RatingRule = "above_floor",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        super().__init__(path=path, last=SECONDS)
        self._ratings = Ratings(ratings, at_floor, missing, LOWEST)

    @property
    def notes(self) -> tuple[str, ...]:
        scores = np.concatenate([_scores(csv_rows(file, ("seconds", *EMOTIONS)), file) for file in self.people()])
        return (self._ratings.distributions(scores).note,)

    @property
    def files(self) -> tuple[Path, ...]:
        return (*super().files, self._subjects, *sorted((self.path / "e4_data").rglob("*.csv")))

    @property
    def _subjects(self) -> Path:
        return self.path / "metadata" / "subjects.csv"

    def read_person(self, file: Path) -> Iterator[Recording]:
        found = re.match(r"P(\d+)\.", file.name)
        if found is None:
            raise DataError("the name states no person, as in P1.self.csv", file)
        person = found[1]
        rows = csv_rows(file, ("seconds", *EMOTIONS))
        rated = self._ratings.distributions(_scores(rows, file))
        start, stop = self._debate(person)
        grids = {name: self._grid(name, person, start, stop) for name in _TABLES}
        for row, D in zip(rated.rows.tolist(), rated.D, strict=True):
            seconds = csv_number(rows, row, "seconds", file, SECONDS, _LATEST)
            if seconds is None:
                raise DataError("no time is stated", file, "seconds", line=rows[row].line)
            signals = make_signals(
                {name: self._cut(grid, name, seconds) for name, grid in grids.items()}, self.tracks, 5.0
            )
            if signals:
                yield Recording(signals, D, f"P{person}", f"{seconds:g}", stimulus=f"debate-{(int(person) + 1) // 2}")

    def _debate(self, person: str) -> tuple[float, float]:
        """Return when the debate of a person began and ended.

        Returns:
            Milliseconds since 1970.
        """
        rows = csv_rows(self._subjects, ("pid", "startTime", "endTime"))
        for row, cells in enumerate(rows):
            if cells["pid"].strip() == person:
                start, stop = (
                    csv_number(rows, row, column, self._subjects, 0, _LATEST) for column in ("startTime", "endTime")
                )
                if start is not None and stop is not None:
                    return start, stop
        raise DataError(f"states no start and end for person {person}", self._subjects, "pid")

    def _grid(self, name: str, person: str, start: float, stop: float) -> Float64[np.ndarray, "1 T"] | None:
        """Return a signal from the start of the debate to its end, NaN where there is none.

        Returns:
            (1, T) samples; None where the person has no such table.
        """
        table, columns = _TABLES[name]
        file = self.path / "e4_data" / person / f"{table}.csv"
        if not file.is_file():
            return None
        rows = csv_rows(file, ("timestamp", *columns))
        device = TWO_DEVICES.get(person)
        kept = [cells for cells in rows if device is None or cells.get("device_serial", device).strip() == device]
        stamps, values = (np.array([_number(row, name, file) for row in kept]) for name in ("timestamp", columns[0]))
        order = np.argsort(stamps, kind="stable")
        times = (stamps[order] - start) / 1000
        sfreq = self.tracks[name].sfreq
        samples = np.full((1, round((stop - start) / 1000 * sfreq)), np.nan)
        if len(times) > 1:
            with naming_lines(lambda row: kept[order[row]].line):
                grid = fit_grid(times, sfreq, file, "timestamp")
            found = grid.filled(values[order, None], slice(0, None))[:, 0]
            first = round(float(times[0]) * sfreq)
            begin, end = max(first, 0), min(first + len(found), samples.shape[1])
            if end > begin:
                samples[0, begin:end] = found[begin - first : end - first]
        return samples

    def _cut(
        self, samples: Float64[np.ndarray, "1 T"] | None, name: str, seconds: float
    ) -> Float64[np.ndarray, "1 n"] | None:
        if samples is None:
            return None
        sfreq = self.tracks[name].sfreq
        last = round(seconds * sfreq)
        return samples[:, last - round(SECONDS * sfreq) : last] if last <= samples.shape[1] else None


def _number(row: Row, column: str, file: Path) -> float:
    try:
        return float(row[column])
    except ValueError as error:
        raise DataError(f"'{row[column]}' is not a number", file, column, line=row.line) from error


def _scores(rows: list[Row], file: Path) -> Float64[np.ndarray, "n k"]:
    """Return the scores of the emotions.

    Returns:
        (n, k) scores; NaN where one is missing.
    """
    scores = [csv_number(rows, row, name, file, LOWEST, HIGHEST) for row in range(len(rows)) for name in EMOTIONS]
    return np.array([np.nan if score is None else score for score in scores]).reshape(-1, len(EMOTIONS))
