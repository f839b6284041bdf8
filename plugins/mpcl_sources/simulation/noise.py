"""Noise that the simulated signals share. Every function takes its random generator."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64


def coloured(
    rng: np.random.Generator, power: Float64[np.ndarray, "c F"], n_times: int, sfreq: float
) -> Float64[np.ndarray, "c {n_times}"]:
    """Normal noise with this power spectral density (unit² / Hz) at the frequencies of a real transform."""
    normal = rng.standard_normal((2, *power.shape))
    spectrum = np.sqrt(power * sfreq * n_times / 4) * (normal[0] + 1j * normal[1])
    return np.fft.irfft(spectrum, n_times)


def slow(rng: np.random.Generator, n_chans: int, n_times: int, sfreq: float, seconds: float) -> Float64[np.ndarray, "{n_chans} {n_times}"]:
    """Standard normal noise that forgets itself within so many seconds."""
    f = np.fft.rfftfreq(n_times, 1 / sfreq)
    shape = 1 / (1 + (2 * np.pi * f * seconds) ** 2)
    power = np.tile(shape / (shape.sum() * sfreq / n_times), (n_chans, 1))
    return coloured(rng, power, n_times, sfreq)


def impulses(rng: np.random.Generator, per_minute: float, sizes: Callable[[int], Float64[np.ndarray, "_"]], n_times: int, sfreq: float) -> Float64[np.ndarray, "{n_times}"]:
    """Events at random times: 0, and the event's size at the sample in which one begins."""
    count = rng.poisson(per_minute * n_times / sfreq / 60)
    train = np.zeros(n_times)
    np.add.at(train, rng.integers(n_times, size=count), sizes(count))
    return train


def bump(seconds: float, sfreq: float) -> Float64[np.ndarray, "_"]:
    """A smooth rise to 1 and fall."""
    return np.hanning(max(round(seconds * sfreq), 1) + 2)[1:-1]
