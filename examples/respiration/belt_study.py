"""Stands in for recordings: the people of another study put on a simulated chest belt (25 Hz).

They breathe at a rate of their own, faster with all that is unpleasant in their rating. Who has recorded a belt needs
no such file: see README.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import numpy as np

from mpcl_core.plugin import Component, Modality, Recording, Signal, Source, Valence, hookimpl

SFREQ = 25.0


class BeltStudy(Source):
    """Another source's recordings with ``respiration``. Where the other brings no signal, neither does the belt.

    Args:
        source: the study; its labels have a valence.
    """

    name = "belt_study"
    simulated = True

    def __init__(self, *, source: Source) -> None:
        self.source = source

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (*self.source.modalities, Modality("respiration", 1, sfreq=SFREQ))

    @property
    def labels(self) -> tuple[str, ...]:
        return self.source.labels

    @property
    def valence(self) -> Valence | None:
        return self.source.valence

    def load(self) -> Iterator[Recording]:
        for recording in self.source.load():
            if isinstance(recording, Recording) and recording.signals:
                yield replace(recording, signals=recording.signals | {"respiration": self._belt(recording)})

    def _belt(self, recording: Recording) -> Signal:
        unpleasant = [label in (self.valence.negative if self.valence else ()) for label in self.labels]
        rest = 0.2 + 0.1 * _rng(recording.subject).random()
        rng = _rng(f"{recording.subject}/{recording.trial}")
        rate = rest * (1 + recording.D[unpleasant].sum()) + 0.02 * rng.standard_normal()
        seconds = max(signal.values.shape[1] / signal.sfreq for signal in recording.signals.values())
        t = np.arange(round(seconds * SFREQ)) / SFREQ
        breath = np.sin(2 * np.pi * (rate * t + rng.random())) + 0.02 * rng.standard_normal(len(t))
        return Signal(breath[None].astype(np.float32), SFREQ)


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng(crc32(name.encode()))


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [BeltStudy]
