"""Simulate skin conductance: a drifting level, and responses without a stimulus of their own.

A response rises and falls as exp(-t / 3 s) - exp(-t / 0.7 s). Responses come more often and grow with
arousal, and come a little more often with unpleasantness; the level hardly changes.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality
from mpcl_plugins.sources._simulation.affect import Drive
from mpcl_plugins.sources._simulation.noise import convolve_impulses, impulses, slow_noise
from mpcl_plugins.sources._simulation.sensor import Sensor

SFREQ = 4.0
LEAD = 12.0
"""Seconds before the trial whose responses still show in it."""
RESPONSE = 16.0
"""Seconds after which a response is over."""


class Gsr(Sensor):
    """Simulate one channel at 4 Hz in uS.

    A person has their own level, rate and size of responses.
    """

    modality = Modality("gsr", 1, sfreq=SFREQ, ch_names=("GSR",), unit="uS")

    def __init__(self, *, rng: np.random.Generator, shift: float) -> None:
        self.level = np.exp(1.0 + 0.6 * shift * rng.standard_normal())
        self.rate = 5.0 * np.exp(0.4 * shift * rng.standard_normal())
        self.size = 0.25 * np.exp(0.5 * shift * rng.standard_normal())

    def values(self, drive: Drive, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "1 T"]:
        lead = round(LEAD * SFREQ)
        t = np.arange(round(RESPONSE * SFREQ)) / SFREQ
        response = 1.9 * (np.exp(-t / 3.0) - np.exp(-t / 0.7))
        rate = self.rate * np.exp(0.4 * drive.arousal - 0.2 * drive.valence)
        size = self.size * np.exp(0.3 * drive.arousal)
        phasic = convolve_impulses(impulses(rng, rate, size, lead + n_times, SFREQ), response)[lead:]
        level = self.level * np.exp(0.05 * drive.arousal + 0.1 * rng.standard_normal())
        drift = 0.03 * rng.standard_normal() * np.linspace(0.0, 1.0, n_times)
        tonic = level * (1.0 + drift + 0.01 * slow_noise(rng, 1, n_times, SFREQ, 20.0)[0])
        noise = 0.001 * rng.standard_normal(n_times)
        return np.asarray(np.maximum(tonic + phasic + noise, 0.0))[None]
