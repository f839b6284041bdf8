"""Emognition: EEG and wrist signals of 43 people who watched film clips, with ratings of nine emotions.

Saganowski et al., *Emognition dataset: emotion recognition with self-reports, facial expressions, and physiology using
wearables*, Scientific Data 2022. The files are on Harvard Dataverse (doi 10.7910/DVN/R9WAF4), given out on request for
academic use; this source downloads nothing, and was tested on files made in the documented layout.

After each clip, nine emotions were rated from 1 to 5:

    D_k = (s_k − 1) / Σ_j (s_j − 1)      the score above "not at all"
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import (
    AtFloor,
    DataError,
    MissingScore,
    Positive,
    RatingRule,
    Ratings,
    Recording,
    Valence,
    parse_json,
    read_bytes,
)
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals

EMOTIONS = ("awe", "disgust", "surprise", "anger", "enthusiasm", "liking", "fear", "amusement", "sadness")
LOWEST, HIGHEST = 1.0, 5.0
EEG = ("RAW_TP9", "RAW_AF7", "RAW_AF8", "RAW_TP10")
_EMPATICA = {"ppg": "BVP", "gsr": "EDA", "temperature": "TEMP"}
_LARGEST = 2**28


class Emognition(StudySource):
    """Read one recording a clip from the files ``…_STIMULUS_….json``.

    ``subject`` is the number of the person, ``trial`` and ``stimulus`` the clip, which is named after the emotion that
    it was to evoke; ``condition`` likewise. The modalities are ``eeg`` (four electrodes of a Muse at 256 Hz, uV),
    ``ppg`` (64 Hz), ``gsr`` and ``temperature`` (4 Hz; uS, degC) of an Empatica E4. The signals of the phone's watch
    are not read: its rate varies.

    Traps of these files, and what is done about them:

    - The name of a clip is the emotion that it was to evoke: it is in the file's name, never an input.
    - Clips differ in length, which names the clip: the last 45 s are read.
    - Valence, arousal and motivation, and the band powers, fit and battery that the Muse's app writes beside the
      signals, are left out.
    - A 0 in skin conductance or temperature means no contact; an empty value is missing.
    - A device that did not record a clip has no file: its modality is absent.
    - Baseline and neutral clips have ratings too: only the nine clips of an emotion are read, unless ``neutral`` is
      true.

    Args:
        path: the folder ``study_data``, with a folder for each person.
        last: the seconds that are read of each clip, up to its end.
        neutral: whether the neutral clip is read.
        ratings: how scores become a distribution.
        at_floor: a clip with every score at 1 is ``uniform``, or ``drop`` leaves it out.
        missing: what happens where a score is missing.

    Raises:
        DataError: a file is damaged, or has a rating outside of 1 to 5.
    """

    name = "emognition"
    lowest_score = LOWEST
    tracks: ClassVar[Mapping[str, Track]] = {
        "eeg": Track(EEG, 256.0, "uV", is_zero_missing=True),
        "ppg": Track(("BVP",), 64.0),
        "gsr": Track(("EDA",), 4.0, "uS", is_zero_missing=True),
        "temperature": Track(("TEMP",), 4.0, "degC", is_zero_missing=True),
    }
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(
        ("awe", "enthusiasm", "liking", "amusement"), ("disgust", "anger", "fear", "sadness")
    )
    pattern = "*/*_QUESTIONNAIRES.json"

    def __init__(
        self,
        *,
        path: Path,
        last: Positive = 45.0,
        neutral: bool = False,
        ratings: RatingRule = "above_floor",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        super().__init__(path=path, last=last)
        self.neutral = neutral
        self._ratings = Ratings(ratings, at_floor, missing, LOWEST)

    @property
    def notes(self) -> tuple[str, ...]:
        scores = np.concatenate([self._questionnaire(file)[1] for file in self.people()])
        return (self._ratings.distributions(scores).note,)

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(sorted(self.path.rglob("*.json")))

    def people(self) -> list[Path]:
        """Return the questionnaires of all people, without the files of signals of the same name.

        Returns:
            The files.
        """
        return [file for file in super().people() if file.stem == f"{file.parent.name}_QUESTIONNAIRES"]

    def read_person(self, file: Path) -> Iterator[Recording]:
        subject = file.parent.name
        clips, scores = self._questionnaire(file)
        rated = self._ratings.distributions(scores)
        for row, D in zip(rated.rows.tolist(), rated.D, strict=True):
            clip = clips[row]
            start = file.with_name(f"{subject}_{clip}_STIMULUS_")
            found = {"eeg": _read_muse(Path(f"{start}MUSE.json"))} | _read_empatica(Path(f"{start}EMPATICA.json"))
            if signals := make_signals(found, self.tracks, self.last):
                name = clip.lower()
                yield Recording(signals, D, subject, name, condition=name, stimulus=name)

    def _questionnaire(self, file: Path) -> tuple[list[str], Float64[np.ndarray, "n k"]]:
        """Return the clips of a person, and their scores.

        Returns:
            The names of n clips, and (n, 9) scores; NaN where one is missing.
        """
        content = _read_object(file)
        entries = content.get("questionnaires")
        if not isinstance(entries, list):
            raise DataError("there is no list of questionnaires", file, "questionnaires")
        clips, scores = [], []
        wanted = {emotion.upper() for emotion in EMOTIONS} | ({"NEUTRAL"} if self.neutral else set())
        for row, entry in enumerate(entries):
            if not isinstance(entry, dict) or not isinstance(entry.get("emotions"), dict):
                raise DataError("must have a movie and emotions", file, "questionnaires", row)
            if str(entry.get("movie")) in wanted:
                clips.append(str(entry["movie"]))
                scores.append([_score(entry["emotions"].get(name.upper()), file, row) for name in EMOTIONS])
        if len(set(clips)) < len(clips):
            raise DataError("a movie is rated twice", file, "questionnaires")
        return clips, np.array(scores, np.float64).reshape(-1, len(EMOTIONS))


def _score(value: Any, file: Path, row: int) -> float:
    try:
        score = np.nan if value in (None, "") else float(value)
    except (TypeError, ValueError):
        score = -1.0
    if score < LOWEST or score > HIGHEST:
        raise DataError(f"'{value}' is not a rating from {LOWEST:g} to {HIGHEST:g}", file, "questionnaires", row)
    return float(score)


def _read_muse(file: Path) -> Float64[np.ndarray, "c T"] | None:
    if not file.is_file():
        return None
    content = _read_object(file)
    columns = [_numbers(content.get(name), file, name) for name in EEG]
    if len({len(column) for column in columns}) > 1:
        raise DataError("the electrodes have different numbers of samples", file, EEG[0])
    return np.stack(columns)


def _read_empatica(file: Path) -> dict[str, Float64[np.ndarray, "c T"] | None]:
    if not file.is_file():
        return {}
    content = _read_object(file)
    lists = {name: content.get(key) for name, key in _EMPATICA.items()}
    return {name: _numbers(_values_of(pairs), file, _EMPATICA[name])[None] for name, pairs in lists.items() if pairs}


def _values_of(pairs: Any) -> list[Any]:
    """Return the values of a list of time stamps with values; None where there is none.

    Returns:
        The values.
    """
    entries = pairs if isinstance(pairs, list) else []
    return [pair[1] if isinstance(pair, list) and len(pair) > 1 else None for pair in entries]


def _numbers(values: Any, file: Path, field: str) -> Float64[np.ndarray, "T"]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise DataError("there is no such list of numbers", file, field)
    try:
        return np.array([np.nan if value in (None, "") else float(value) for value in values], np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"not a list of numbers ({error})", file, field) from error


def _read_object(file: Path) -> dict[str, Any]:
    try:
        content = parse_json(read_bytes(file, _LARGEST), _LARGEST)
    except (OSError, ValueError) as error:
        raise DataError(f"not a JSON file that can be read ({error})", file) from error
    if not isinstance(content, dict):
        raise DataError("must hold an object", file)
    return content
