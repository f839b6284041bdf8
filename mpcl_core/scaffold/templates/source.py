"""Make up recordings of three subjects; replace them by your own files.

The signals are noise whose amplitude grows with the share of the first emotion.
"""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import Component, Count, Modality, Recording, Signal, Source, hookimpl

SECONDS = 12


class Template(Source):
    """Load one recording for each trial, with its rated distribution; only one is in memory at a time.

    Args:
        subjects: number of subjects.
        trials: recordings of each subject.
    """

    name = "template"
    simulated = True  # remove this line for measured data

    def __init__(self, *, subjects: Count = 3, trials: Count = 3) -> None:
        self.subjects, self.trials = subjects, trials

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities of the recordings."""
        return (Modality("ppg", 1, sfreq=32.0), Modality("gsr", 1, sfreq=4.0, unit="uS"))

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the emotions."""
        return ("happy", "calm", "sad")

    def load(self) -> Iterator[Recording]:
        """Load the recordings, subject by subject.

        Yields:
            The recordings.
        """
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
