"""A simulated study, so that everything runs without a data set. Its numbers say nothing about people.

Every person sees every clip once, in their own order, and rates ten emotions after it (`_simulation.affect`).
Four signals follow from what was felt (`_simulation.eeg`, `ppg`, `gsr`, `face`); the rules are documented in those
modules.
"""

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
from jaxtyping import Bool, Float32, Float64

from mpcl_core.plugin import (
    Count,
    Fraction,
    Modality,
    Natural,
    NonNegative,
    Positive,
    Recording,
    Signal,
    Source,
    Valence,
)
from mpcl_plugins.sources._simulation.affect import (
    CONDITIONS,
    EMOTIONS,
    NEGATIVE,
    POSITIVE,
    Affect,
    Drive,
    Leaning,
    feel,
)
from mpcl_plugins.sources._simulation.eeg import Eeg
from mpcl_plugins.sources._simulation.face import Face
from mpcl_plugins.sources._simulation.gsr import Gsr
from mpcl_plugins.sources._simulation.ppg import Ppg
from mpcl_plugins.sources._simulation.sensor import Sensor

SENSORS: tuple[type[Sensor], ...] = (Eeg, Ppg, Gsr, Face)
BOUNDS = {"seconds": (1, 3600), "snr": (0, 10), "subject_shift": (0, 10), "signature": (0, 10)}
EPISODES = {"eeg": 0.2, "ppg": 0.5, "gsr": 1.0, "face": 0.2}
"""The share of a trial for which a modality follows what is felt, where time scales differ as far as they can."""


class _Draw(IntEnum):
    """Name what is drawn.

    With the numbers of person, trial, clip or sensor it identifies a random generator.
    """

    CLIP = 0
    PERSON = 1
    ORDER = 2
    BODY = 3
    TRIAL = 4
    SIGNAL = 5
    ABSENCE = 6
    DROPOUT = 7
    SITUATION = 8
    EPISODE = 9


class Simulated(Source):
    """Simulate recordings of four signals with distributions of ten emotions.

    The signals are ``eeg`` (8 channels, 128 Hz, uV), ``ppg`` (64 Hz), ``gsr`` (4 Hz, uS) and ``face`` (12 action units,
    10 Hz); five emotions are pleasant and five unpleasant. Clips are positive, negative, mixed and mixed in turn
    (``condition``), and all people see the same ones (``stimulus``). People differ more than emotions do, so that a
    model must see a person's signals relative to that person's own. A trial has a drift of its own, so that its windows
    resemble each other for reasons other than emotion. The same parameters always give the same study; one with more
    people begins with the same people, and a signal is the same whether or not others are missing. One recording is in
    memory at a time.

    Args:
        subjects: number of people.
        trials: clips that each of them sees.
        seconds: length of a trial, from 1 to 3600.
        snr: how strongly signals follow what is felt, up to 10; at 0 they do not.
        co_occurrence: the part of an emotion's spread, beyond its clip's condition, that it shares with the
            other emotions of its valence.
        subject_shift: how far people's signals differ for reasons other than emotion, up to 10; at 0 they do not.
        missing: how often a modality is absent from a recording, and how often one that is present drops out
            (NaN) for half a second to two seconds. At least one modality is always present.
        situations: how many situations (clips) there are, each of which then repeats within and over people and has a
            ``signature``; with 0 no clip repeats for a person, and clips have none.
        signature: with ``situations``, how strongly the body follows the situation itself, whatever is felt in it, up
            to 10: it tells situations apart, and misleads a linear map from signals to emotions.
        time_scales: how far modalities differ in how long they follow what is felt. At 0 each does for the whole
            trial. At 1 ``eeg`` and ``face`` do for a fifth of it, ``ppg`` for a half and ``gsr`` for all of it, at a
            moment that is drawn for each trial; for the rest of the trial they are as in a trial of average emotions.
        seed: another study.

    Raises:
        ValueError: ``seconds``, ``snr``, ``subject_shift`` or ``signature`` is out of these bounds.

    Example:
        >>> recording = next(iter(Simulated(subjects=1, trials=1, seconds=2.0, missing=0.0).load()))
        >>> recording.signals["eeg"].values.shape
        (8, 256)
    """

    name = "simulated"
    simulated = True

    def __init__(
        self,
        *,
        subjects: Count = 8,
        trials: Count = 12,
        seconds: Positive = 30.0,
        snr: NonNegative = 1.0,
        co_occurrence: Fraction = 0.6,
        subject_shift: NonNegative = 1.0,
        missing: Fraction = 0.05,
        situations: Natural = 0,
        signature: NonNegative = 1.0,
        time_scales: Fraction = 0.0,
        seed: Natural = 0,
    ) -> None:
        bounded = {"seconds": seconds, "snr": snr, "subject_shift": subject_shift, "signature": signature}
        for name, value in bounded.items():
            low, high = BOUNDS[name]
            if not low <= value <= high:
                raise ValueError(f"{name} is {value:g}, but must be from {low} to {high}")
        self.subjects, self.trials, self.seconds = subjects, trials, seconds
        self.snr, self.co_occurrence, self.subject_shift = snr, co_occurrence, subject_shift
        self.situations, self.signature, self.time_scales = situations, signature, time_scales
        self.missing, self.seed = missing, seed

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return tuple(sensor.modality for sensor in SENSORS)

    @property
    def labels(self) -> tuple[str, ...]:
        return EMOTIONS

    @property
    def valence(self) -> Valence:
        return Valence(POSITIVE, NEGATIVE)

    def load(self) -> Iterator[Recording]:
        for subject in range(self.subjects):
            body = [
                sensor(rng=self._rng(_Draw.BODY, subject, number), shift=self.subject_shift)
                for number, sensor in enumerate(SENSORS)
            ]
            for trial, clip in enumerate(self._rng(_Draw.ORDER, subject).permutation(self.trials).tolist()):
                yield self._recording(body, subject, trial, clip % self.situations if self.situations else clip)

    def affect(self, subject: int, trial: int, clip: int) -> Affect:
        """Return what a person feels in a trial.

        Args:
            subject: the number of the person, from 0.
            trial: the number of the trial, from 0.
            clip: the number of the clip that they see, from 0.

        Returns:
            The emotions.
        """
        leanings = {
            "clip": Leaning.drawn(self._rng(_Draw.CLIP, clip)),
            "person": Leaning.drawn(self._rng(_Draw.PERSON, subject)),
            "trial": Leaning.drawn(self._rng(_Draw.TRIAL, subject, trial)),
        }
        return feel(_condition(clip), leanings, self.co_occurrence)

    def _recording(self, body: list[Sensor], subject: int, trial: int, clip: int) -> Recording:
        affect = self.affect(subject, trial, clip)
        drive = affect.drive(self.snr)
        if self.situations:
            drive = drive.plus(Drive.signature(self._rng(_Draw.SITUATION, clip), self.snr * self.signature))
        signals = {}
        for number in np.flatnonzero(self._present(subject, trial)).tolist():
            sensor, sfreq = body[number], body[number].modality.sfreq or 1.0
            values = self._values(sensor, drive, subject, trial, number)
            rng = self._rng(_Draw.DROPOUT, subject, trial, number)
            signals[sensor.modality.name] = Signal(self._with_dropout(values.astype(np.float32), rng, sfreq), sfreq)
        return Recording(
            signals=signals,
            D=affect.D,
            subject=f"s{subject + 1:02d}",
            trial=f"t{trial + 1:02d}",
            condition=_condition(clip),
            stimulus=f"clip{clip + 1:02d}",
        )

    def _values(
        self, sensor: Sensor, drive: Drive, subject: int, trial: int, number: int
    ) -> Float64[np.ndarray, "c T"]:
        """Simulate a trial's signal, which follows the drive for its episode only where time scales differ.

        Returns:
            (c, T) samples.
        """
        n_times = round(self.seconds * (sensor.modality.sfreq or 1.0))

        def simulated(followed: Drive) -> Float64[np.ndarray, "c T"]:
            return sensor.values(followed, self._rng(_Draw.SIGNAL, subject, trial, number), n_times)

        if not self.time_scales:
            return simulated(drive)
        moment = self._rng(_Draw.EPISODE, subject, trial).random()
        share = 1.0 - self.time_scales * (1.0 - EPISODES[sensor.modality.name])
        place = np.arange(n_times) / n_times
        follows = (place >= moment * (1.0 - share)) & (place < moment * (1.0 - share) + share)
        average = Drive(0.0, 0.0, 0.0, np.zeros(len(EMOTIONS)))
        return np.where(follows, simulated(drive), simulated(average))

    def _present(self, subject: int, trial: int) -> Bool[np.ndarray, "_"]:
        rng = self._rng(_Draw.ABSENCE, subject, trial)
        present = rng.random(len(SENSORS)) >= self.missing
        if not present.any():
            present[rng.integers(len(SENSORS))] = True
        return present

    def _with_dropout(
        self, values: Float32[np.ndarray, "c T"], rng: np.random.Generator, sfreq: float
    ) -> Float32[np.ndarray, "c T"]:
        happens, length, begin = rng.random(3)
        if happens < self.missing:
            n_times = values.shape[1]
            lost = round((0.5 + 1.5 * length) * sfreq)
            first = round(begin * max(n_times - lost, 0))
            values[:, first : first + lost] = np.nan
        return values

    def _rng(self, draw: _Draw, *numbers: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(draw, *numbers)))


def _condition(clip: int) -> str:
    return CONDITIONS[clip % len(CONDITIONS)]
