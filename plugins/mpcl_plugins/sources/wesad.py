"""WESAD: chest and wrist signals of 15 people at rest, under stress, amused, and meditating twice.

Schmidt et al., *Introducing WESAD, a multimodal dataset for wearable stress and affect detection*, ICMI 2018 (UCI
465). Each condition was rated afterwards on 24 items of an extended PANAS from 1 to 5.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from mpcl_core.plugin import (
    AtFloor,
    MissingScore,
    Modality,
    Questionnaires,
    RatedDistributions,
    RatingRule,
    Ratings,
    Recording,
    Signal,
    Source,
    Valence,
)
from mpcl_plugins.sources._wesad import e4, pickle_file
from mpcl_plugins.sources._wesad.people import Person, folders, read_people
from mpcl_plugins.sources._wesad.questionnaire import ABOUT, LAYOUTS, LOWEST
from mpcl_plugins.sources._wesad.stretches import read_stretches
from mpcl_plugins.sources._wesad.tracks import CHANNELS

POSITIVE = ("inspired", "alert", "excited", "enthusiastic", "determined")
NEGATIVE = ("afraid", "annoyed", "nervous", "scared", "distressed")
"""With ``POSITIVE`` the ten of DMER, but ``annoyed`` in the place of ``upset``."""
PLEASANT = {*POSITIVE, "active", "attentive", "happy", "interested", "proud", "strong"}
STAND_INS = {"upset": "annoyed"}
"""What was not distinct -> the item whose score is taken."""
SYNC = "e4_offsets_derived.csv"
DEVICES = {"pickle": ("wrist", "chest"), "e4": ("wrist", "e4")}


class WESAD(Source):
    """Read one recording a condition, with wrist and chest signals.

    ``trial`` is the condition's name in the questionnaire (``Base``, ``TSST``, ``Fun``, ``Medi 1``, ``Medi 2``),
    ``condition`` is baseline, stress, amusement or meditation. Conditions last 6 to 20 minutes, so their length
    identifies them. The pickles' labels leave out ten seconds at both ends of a condition, the E4 files are cut at the
    questionnaire's times. One person's signals are in memory at a time.

    From the wrist come ``ppg`` (BVP, 64 Hz), ``gsr`` (4 Hz, uS), ``temperature`` (4 Hz, degC), ``acceleration`` (32
    Hz, g) and, among the E4 files only, ``heart_rate`` (1 Hz, bpm); from the chest, in the pickles only,
    ``chest_ecg``, ``chest_emg``, ``chest_gsr``, ``chest_respiration``, ``chest_temperature`` and
    ``chest_acceleration`` (700 Hz).

    Args:
        path: the folder with a folder for each person: ``S2/S2_quest.csv`` and so on.
        layout: ``pickle`` reads ``S2/S2.pkl``, ``e4`` the folder ``S2/S2_E4_Data`` or else ``S2/S2_E4_Data.zip``.
        sync: for ``e4``, a table with the columns ``subject`` and ``e4_offset_s``: how many seconds the watch had
            run when the chest device was started. By default ``e4_offsets_derived.csv`` in ``path``.
        signals: the wanted modalities.
        labels: the items that are the emotions. ``upset``, which was not distinct, has the scores of ``annoyed``.
            ``angry`` and ``irritated`` were distinct after the stress only.
        ratings: how scores become a distribution: ``share`` (over their sum), ``above_floor`` (the same with 1 taken
            from each), ``softmax``.
        at_floor: with ``above_floor``, ratings of ones are ``uniform``, or ``drop`` leaves them out.
        missing: a condition with a missing score is left out (``drop``), or the score is 1 (``floor``) or the ``mean``
            of the others.

    Raises:
        ValueError: a signal is unknown or not in these files, or a label was not distinct or appears twice.
    """

    name = "wesad"
    lowest_score = LOWEST
    questionnaires = Questionnaires("*_quest.csv", read_stretches)

    def __init__(
        self,
        *,
        path: Path,
        layout: Literal["pickle", "e4"] = "pickle",
        sync: Path | None = None,
        signals: tuple[str, ...] = ("ppg", "gsr", "temperature"),
        labels: tuple[str, ...] = POSITIVE + NEGATIVE,
        ratings: RatingRule = "share",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        self.path, self.layout, self.sync = path, layout, sync or path / SYNC
        self._channels = {name: CHANNELS[name] for name in _distinct("signals", signals, _recorded(layout))}
        chosen = _distinct("labels", labels, (*LAYOUTS[26], *STAND_INS))
        self._items = _distinct("labels", tuple(STAND_INS.get(label, label) for label in chosen), LAYOUTS[26])
        self._labels = labels
        self._ratings = Ratings(ratings, at_floor, missing, LOWEST)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        folders(self.path)
        return tuple(channel.modality for channel in self._channels.values())

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    @property
    def valence(self) -> Valence | None:
        pleasant = tuple(label for label in self._labels if label in PLEASANT)
        unpleasant = tuple(label for label in self._labels if label not in PLEASANT)
        return Valence(pleasant, unpleasant) if pleasant and unpleasant else None

    @property
    def notes(self) -> tuple[str, ...]:
        note = self._rated(read_people(self.path)).note
        return (note, f"The watch's clock is aligned by {self.sync.name}.") if self.layout == "e4" else (note,)

    def load(self) -> Iterator[Recording]:
        people = read_people(self.path)
        rated = self._rated(people)
        D = dict(zip(rated.rows.tolist(), rated.D, strict=True))
        return self._recordings(people, D, self._offsets(people))

    def _recordings(
        self, people: list[Person], D: dict[int, np.ndarray], offsets: dict[str, float]
    ) -> Iterator[Recording]:
        row = 0
        for person in people:
            for condition, signals in zip(person.conditions, self._signals(person, offsets), strict=True):
                if row in D:
                    about, stimulus = ABOUT[condition.name]
                    yield Recording(signals, D[row], person.name, condition.name, "", about, stimulus)
                row += 1

    def _signals(self, person: Person, offsets: dict[str, float]) -> Iterator[dict[str, Signal]]:
        if self.layout == "pickle":
            return pickle_file.read(person.folder / f"{person.name}.pkl", person.conditions, self._channels)
        place = person.folder / f"{person.name}_E4_Data"
        place = place if place.is_dir() else place.with_suffix(".zip")
        return e4.read(place, person.conditions, self._channels, offsets[person.name])

    def _offsets(self, people: list[Person]) -> dict[str, float]:
        if self.layout == "pickle":
            return {}
        return e4.offsets(self.sync, [person.name for person in people])

    def _rated(self, people: list[Person]) -> RatedDistributions:
        scores = [
            [condition.scores.get(item, np.nan) for item in self._items]
            for person in people
            for condition in person.conditions
        ]
        return self._ratings.distributions(np.array(scores, dtype=np.float64))


def _recorded(layout: str) -> tuple[str, ...]:
    return tuple(name for name, channel in CHANNELS.items() if channel.device in DEVICES[layout])


def _distinct(key: str, names: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError(f"{key} is empty")
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{key} has {unknown[0]!r}, which these files lack; they have: {', '.join(known)}")
    if len(set(names)) < len(names):
        raise ValueError(f"{key} names one twice: {', '.join(names)}")
    return names
