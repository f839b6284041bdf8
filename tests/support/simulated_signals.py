"""Compute features of simulated signals by hand, and record a typical person who is moved so."""

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_plugins.sources._simulation.affect import EMOTIONS, Drive
from mpcl_plugins.sources._simulation.sensor import Sensor

Matrix = Float64[np.ndarray, "N f"]
Column = Shaped[np.ndarray, "N"]
WINDOW, HOP = 4.0, 2.0
BANDS = {"theta": (4, 8), "alpha": (8, 13), "beta": (14, 28), "gamma": (30, 46)}


def windows(values: np.ndarray, sfreq: float) -> np.ndarray:
    """(c, T) -> (c, windows, samples)."""
    length, hop = round(WINDOW * sfreq), round(HOP * sfreq)
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)[:, ::hop]


def power(x: np.ndarray, sfreq: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    taper = np.hanning(x.shape[-1])
    return np.fft.rfftfreq(n, 1 / sfreq), np.abs(np.fft.rfft((x - x.mean(-1, keepdims=True)) * taper, n)) ** 2


def band_powers(x: np.ndarray) -> np.ndarray:
    """Logarithms, (windows, 8 channels of theta, 8 of alpha ...)."""
    f, p = power(x, 128.0, x.shape[-1])
    return np.concatenate([np.log(p[..., (f >= a) & (f < b)].mean(-1)) for a, b in BANDS.values()]).T


def heart_rate(x: np.ndarray) -> np.ndarray:
    """Beats a minute: the strongest frequency of a pulse wave, (windows,)."""
    f, p = power(x[0], 64.0, 4096)
    pulse = (f > 0.6) & (f < 2.6)
    return np.asarray(60 * f[pulse][p[:, pulse].argmax(-1)])


def pulse(x: np.ndarray) -> np.ndarray:
    return np.stack([heart_rate(x), np.log(x[0].std(-1))], axis=1)


def conductance(x: np.ndarray) -> np.ndarray:
    rises = np.maximum(np.diff(x[0]), 0).sum(-1)
    return np.stack([x[0].mean(-1), np.log(0.01 + rises), x[0, :, -1] - x[0, :, 0]], axis=1)


def action_units(x: np.ndarray) -> np.ndarray:
    return np.asarray(x.mean(-1).T)


EXTRACT = {"eeg": band_powers, "ppg": pulse, "gsr": conductance, "face": action_units}


def standard(X: Matrix, group: Column) -> Matrix:
    """Each feature to mean 0 and deviation 1 within a group; what is absent becomes 0."""
    out = np.zeros(X.shape)
    for one in np.unique(group):
        here = group == one
        out[here] = (X[here] - np.nanmean(X[here], axis=0)) / np.nanstd(X[here], axis=0)
    return np.asarray(np.nan_to_num(out))


def drive(valence: float = 0.0, arousal: float = 0.0, conflict: float = 0.0, **emotions: float) -> Drive:
    felt = np.array([emotions.get(name, 0.0) for name in EMOTIONS])
    return Drive(valence, arousal, conflict, felt)


def trials(sensor: type[Sensor], moved: Drive, seconds: float = 60.0, count: int = 12) -> list[np.ndarray]:
    """Trials of a typical person who is moved so."""
    one = sensor(rng=np.random.default_rng(0), shift=0.0)
    n_times = round(seconds * (sensor.modality.sfreq or 0.0))
    return [one.values(moved, np.random.default_rng(trial), n_times) for trial in range(count)]


def mean_features(sensor: type[Sensor], moved: Drive) -> np.ndarray:
    name, sfreq = sensor.modality.name, sensor.modality.sfreq or 0.0
    means = [EXTRACT[name](windows(values, sfreq)).mean(0) for values in trials(sensor, moved)]
    return np.asarray(np.mean(means, axis=0))
