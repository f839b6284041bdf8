"""Simulate action units: how strongly twelve muscles of the face contract, 0 to 5 in steps of 0.1.

An action unit is the person's habit, plus their expressivity times the emotions that move it, plus a trial's
drift and slow noise; it cannot fall below 0. ``MOVES`` lists the emotions that move it: cheek and lip corner rise
with the pleasant ones (AU06, AU12), the brow lowers and the lip corner falls with the unpleasant ones (AU04,
AU15).
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality
from mpcl_plugins.sources._simulation.affect import EMOTIONS, Drive
from mpcl_plugins.sources._simulation.noise import slow_noise
from mpcl_plugins.sources._simulation.sensor import Sensor

SFREQ = 10.0
MOVES = {
    "AU01": {"scared": 0.5, "afraid": 0.5, "distressed": 0.4},
    "AU02": {"scared": 0.5, "excited": 0.4, "alert": 0.3},
    "AU04": {"upset": 0.7, "distressed": 0.5, "nervous": 0.3, "determined": 0.4},
    "AU05": {"scared": 0.5, "alert": 0.7},
    "AU06": {"enthusiastic": 0.7, "excited": 0.4, "inspired": 0.3},
    "AU07": {"determined": 0.7, "nervous": 0.4},
    "AU12": {"enthusiastic": 0.6, "excited": 0.6, "inspired": 0.5},
    "AU15": {"upset": 0.6, "distressed": 0.5},
    "AU17": {"upset": 0.4, "determined": 0.5},
    "AU20": {"afraid": 0.6, "scared": 0.4, "nervous": 0.5},
    "AU25": {"excited": 0.6, "scared": 0.3},
    "AU26": {"inspired": 0.6, "scared": 0.3},
}
WEIGHTS = np.array([[moved.get(emotion, 0.0) for emotion in EMOTIONS] for moved in MOVES.values()])


class Face(Sensor):
    """Simulate twelve action units at 10 Hz.

    A person has their own habits and expressivity.
    """

    modality = Modality("face", len(MOVES), sfreq=SFREQ, ch_names=tuple(MOVES))

    def __init__(self, *, rng: np.random.Generator, shift: float) -> None:
        self.habit = np.maximum(1.4 + 1.3 * shift * rng.standard_normal(len(MOVES)), 0.3)
        self.expressivity = 0.35 * np.exp(0.3 * shift * rng.standard_normal())

    def values(self, drive: Drive, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "12 T"]:
        trial = 0.3 * rng.standard_normal(len(MOVES))
        mean = self.habit + self.expressivity * (WEIGHTS @ drive.emotions) + trial
        noise = 0.4 * slow_noise(rng, len(MOVES), n_times, SFREQ, 1.0)
        return np.asarray(np.rint(np.clip(mean[:, None] + noise, 0.0, 5.0) * 10) / 10)
