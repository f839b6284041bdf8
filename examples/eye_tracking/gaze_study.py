"""Stands in for recordings: the people of another study look at a screen (60 Hz), and the tracker loses them.

Gaze jumps to a new place about three times a second, more widely with all that is unpleasant in the rating. A blink
loses it for 0.1 to 0.3 s every three seconds or so, now and then it is lost for 1 to 4 s, and one trial in ten has no
gaze at all.
"""

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import numpy as np
from jaxtyping import Float32

from mpcl_core.plugin import Component, Modality, Recording, Signal, Source, Valence, hookimpl

SFREQ = 60.0


class GazeStudy(Source):
    """Another source's recordings with ``gaze``: two channels, in widths of the screen from its middle.

    Args:
        source: the study; its labels have a valence.
    """

    name = "gaze_study"
    simulated = True

    def __init__(self, *, source: Source) -> None:
        self.source = source

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (*self.source.modalities, Modality("gaze", 2, sfreq=SFREQ, ch_names=("x", "y")))

    @property
    def labels(self) -> tuple[str, ...]:
        return self.source.labels

    @property
    def valence(self) -> Valence | None:
        return self.source.valence

    def load(self) -> Iterator[Recording]:
        for recording in self.source.load():
            if not isinstance(recording, Recording):
                continue
            rng = np.random.default_rng(crc32(f"{recording.subject}/{recording.trial}".encode()))
            gaze = {} if rng.random() < 0.1 else {"gaze": self._gaze(recording, rng)}
            yield replace(recording, signals=recording.signals | gaze)

    def _gaze(self, recording: Recording, rng: np.random.Generator) -> Signal:
        unpleasant = [label in (self.valence.negative if self.valence else ()) for label in self.labels]
        width = 0.1 * (1 + recording.D[unpleasant].sum())
        seconds = max(signal.values.shape[1] / signal.sfreq for signal in recording.signals.values())
        n_times = round(seconds * SFREQ)
        fixation = np.cumsum(rng.random(n_times) < 3 / SFREQ)
        places = width * rng.standard_normal((2, fixation[-1] + 1))
        values = places[:, fixation] + 0.003 * rng.standard_normal((2, n_times))
        return Signal(_with_gaps(values.astype(np.float32), rng), SFREQ)


def _with_gaps(values: Float32[np.ndarray, "2 T"], rng: np.random.Generator) -> Float32[np.ndarray, "2 T"]:
    n_times = values.shape[1]
    for every, shortest, longest in ((3.0, 0.1, 0.3), (60.0, 1.0, 4.0)):
        for begin in np.flatnonzero(rng.random(n_times) < 1 / (every * SFREQ)):
            values[:, begin : begin + round(rng.uniform(shortest, longest) * SFREQ)] = np.nan
    return values


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [GazeStudy]
