"""Simulate a pulse wave: one beat for each turn of a phase that runs with the heart rate.

The heart rate is the person's at rest, plus a trial's drift, plus 4 beats a minute for each unit of arousal,
plus swings with respiration and slow noise. The swings (heart-rate variability) shrink with arousal. The
height of a beat shrinks with arousal and grows with valence.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality
from mpcl_plugins.sources._simulation.affect import Drive
from mpcl_plugins.sources._simulation.noise import bump, convolve_impulses, impulses, slow_noise
from mpcl_plugins.sources._simulation.sensor import Sensor

SFREQ = 64.0


class Ppg(Sensor):
    """Simulate one channel at 64 Hz.

    A person has their own resting rate, variability, breath and height of a beat.
    """

    modality = Modality("ppg", 1, sfreq=SFREQ, ch_names=("PPG",))

    def __init__(self, *, rng: np.random.Generator, shift: float) -> None:
        self.rest = max(70.0 + 9.0 * shift * rng.standard_normal(), 45.0)
        self.swing = 3.0 * np.exp(0.4 * shift * rng.standard_normal())
        self.amplitude = np.exp(0.8 * shift * rng.standard_normal())
        self.respiration = 0.25 * np.exp(0.1 * shift * rng.standard_normal())

    def values(self, drive: Drive, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "1 T"]:
        breath = np.sin(2 * np.pi * (self.respiration * np.arange(n_times) / SFREQ + rng.random()))
        calm = np.exp(-0.3 * drive.arousal)
        rate = self.rest + 4.0 * drive.arousal + 2.0 * rng.standard_normal()
        rate = rate + calm * self.swing * (breath + 0.5 * slow_noise(rng, 1, n_times, SFREQ, 2.0)[0])
        phase = (np.cumsum(np.clip(rate, 35.0, 190.0)) / 60 / SFREQ + rng.random()) % 1.0
        tone = 0.2 * drive.valence - 0.1 * drive.arousal + 0.15 * rng.standard_normal()
        height = self.amplitude * np.exp(tone)
        moved = convolve_impulses(impulses(rng, 1.0, 1.0, n_times, SFREQ), bump(1.5, SFREQ))
        noise = 0.05 * rng.standard_normal(n_times) + 0.2 * breath
        motion = moved * slow_noise(rng, 1, n_times, SFREQ, 0.1)[0]
        return np.asarray(height * (_beat(phase) + noise) + motion)[None]


def _beat(phase: Float64[np.ndarray, "T"]) -> Float64[np.ndarray, "T"]:
    systole = np.exp(-0.5 * ((phase - 0.25) / 0.08) ** 2)
    return np.asarray(systole + 0.35 * np.exp(-0.5 * ((phase - 0.55) / 0.09) ** 2))
