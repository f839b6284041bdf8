"""Recordings of three people, to be replaced by files of your own: noise that gets larger with the first emotion."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.interfaces.components import Component, Source
from mpcl_core.interfaces.data import Modality, Recording, Signal
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Count

SECONDS = 12


class Template(Source):
    """One recording a trial, with the distribution that was rated for it. Only one is in memory at a time.

    Args:
        subjects: number of people.
        trials: recordings of each of them.
    """

    name = "template"
    simulated = True  # not true of files: take the line away

    def __init__(self, *, subjects: Count = 3, trials: Count = 3) -> None:
        self.subjects, self.trials = subjects, trials

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("ppg", 1, sfreq=32.0), Modality("gsr", 1, sfreq=4.0, unit="uS"))

    @property
    def labels(self) -> tuple[str, ...]:
        return ("happy", "calm", "sad")

    def load(self) -> Iterator[Recording]:
        for subject in range(self.subjects):
            for trial in range(self.trials):
                yield self._recording(subject, trial)

    def _recording(self, subject: int, trial: int) -> Recording:
        rng = np.random.default_rng([subject, trial])
        D = rng.dirichlet(np.ones(len(self.labels)))
        signals = {}
        for modality in self.modalities:
            sfreq = modality.sfreq or 1.0
            values = (1 + D[0]) * rng.standard_normal((modality.n_chans, round(SECONDS * sfreq)))
            signals[modality.name] = Signal(values.astype(np.float32), sfreq)
        return Recording(signals, D, subject=f"s{subject + 1}", trial=f"t{trial + 1}")


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
