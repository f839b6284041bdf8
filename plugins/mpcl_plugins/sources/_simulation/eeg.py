"""Simulate an electroencephalogram: coloured noise whose band powers follow the emotions, and artefacts.

The density of a channel is 1/f plus a bell at each band. The logarithm of a bell's height is the person's
own, plus a trial's drift, plus the effect of the emotions:

    theta  grows over the forehead with conflict
    alpha  falls over the left and grows over the right forehead with valence; falls at the back with arousal
    beta   grows everywhere with arousal
    gamma  grows at the temples with arousal and with valence
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality
from mpcl_plugins.sources._simulation.affect import Drive
from mpcl_plugins.sources._simulation.noise import bump, coloured_noise, convolve_impulses, impulses
from mpcl_plugins.sources._simulation.sensor import Sensor

SFREQ = 128.0
CHANNELS = ("Fp1", "Fp2", "F3", "F4", "T7", "T8", "P3", "P4")
CENTRES = np.array([6.0, 10.0, 20.0, 38.0])
WIDTHS = np.array([1.2, 1.0, 4.0, 5.0])
HEIGHTS = np.array([3.0, 12.0, 1.5, 0.6])
"""Of theta, alpha, beta and gamma: Hz, Hz, uV² / Hz."""
BLINK = np.array([1.0, 1.0, 0.35, 0.35, 0.05, 0.05, 0.0, 0.0])
MUSCLE = np.array([0.3, 0.3, 0.1, 0.1, 1.0, 1.0, 0.1, 0.1])
#                           Fp1   Fp2   F3    F4    T7    T8    P3    P4
THETA_CONFLICT = np.array([0.10, 0.10, 0.30, 0.30, 0.00, 0.00, 0.05, 0.05])
ALPHA_VALENCE = np.array([-0.25, 0.25, -0.30, 0.30, -0.05, 0.05, 0.00, 0.00])
ALPHA_AROUSAL = np.array([0.00, 0.00, 0.00, 0.00, -0.10, -0.10, -0.30, -0.30])
BETA_AROUSAL = np.full(8, 0.15)
GAMMA_AROUSAL = np.array([0.00, 0.00, 0.00, 0.00, 0.20, 0.20, 0.00, 0.00])
GAMMA_VALENCE = np.array([0.00, 0.00, 0.00, 0.00, 0.15, 0.15, 0.00, 0.00])


class Eeg(Sensor):
    """Simulate eight channels at 128 Hz in uV.

    A person has their own powers, alpha frequency and rate of blinks.
    """

    modality = Modality("eeg", 8, sfreq=SFREQ, ch_names=CHANNELS, unit="uV")

    def __init__(self, *, rng: np.random.Generator, shift: float) -> None:
        self.gain = 1.2 * shift * rng.standard_normal((8, 4))
        self.centres = CENTRES + np.array([0.0, 0.7 * shift * rng.standard_normal(), 0.0, 0.0])
        self.blinks = 14.0 * np.exp(0.4 * shift * rng.standard_normal())

    def values(self, drive: Drive, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "8 T"]:
        log_power = self.gain + 0.25 * rng.standard_normal((8, 4)) + _effect(drive)
        f = np.fft.rfftfreq(n_times, 1 / SFREQ)[:, None]
        bells = HEIGHTS * np.exp(-0.5 * ((f - self.centres) / WIDTHS) ** 2)
        background = 20.0 / (1.0 + f[:, 0])
        own = coloured_noise(rng, background / 2 + np.exp(log_power) @ bells.T, n_times, SFREQ)
        shared = coloured_noise(rng, background[None] / 2, n_times, SFREQ)
        return np.asarray(own + shared + self._artefacts(rng, n_times))

    def _artefacts(self, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "8 T"]:
        blinks = convolve_impulses(impulses(rng, self.blinks, 90.0, n_times, SFREQ), bump(0.35, SFREQ))
        tension = convolve_impulses(impulses(rng, 1.0, 15.0, n_times, SFREQ), bump(1.0, SFREQ))
        muscle = tension * rng.standard_normal((8, n_times))
        return np.asarray(np.outer(BLINK, blinks) + MUSCLE[:, None] * muscle)


def _effect(drive: Drive) -> Float64[np.ndarray, "8 4"]:
    theta = THETA_CONFLICT * drive.conflict
    alpha = ALPHA_VALENCE * drive.valence + ALPHA_AROUSAL * drive.arousal
    beta = BETA_AROUSAL * drive.arousal
    gamma = GAMMA_AROUSAL * drive.arousal + GAMMA_VALENCE * drive.valence
    return np.stack([theta, alpha, beta, gamma], axis=1)
