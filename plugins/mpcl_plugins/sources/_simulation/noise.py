"""Noise that the simulated signals share. Every function is given its random generator."""

import numpy as np
from jaxtyping import Float64


def coloured(
    rng: np.random.Generator, power: Float64[np.ndarray, "c F"], n_times: int, sfreq: float
) -> Float64[np.ndarray, "c T"]:
    """Normal noise whose power spectral density (unit² / Hz) is this at the frequencies of ``rfft``."""
    normal = rng.standard_normal((2, *power.shape))
    spectrum = np.sqrt(power * sfreq * n_times / 4) * (normal[0] + 1j * normal[1])
    return np.fft.irfft(spectrum, n_times)


def slow(
    rng: np.random.Generator, n_chans: int, n_times: int, sfreq: float, seconds: float
) -> Float64[np.ndarray, "c T"]:
    """Standard normal noise that forgets itself within so many seconds."""
    turns = 2 * np.pi * seconds * np.fft.rfftfreq(n_times, 1 / sfreq)
    shape = 1 / (1 + turns**2)
    power = np.tile(shape / (shape.sum() * sfreq / n_times), (n_chans, 1))
    return coloured(rng, power, n_times, sfreq)


def impulses(
    rng: np.random.Generator, per_minute: float, size: float, n_times: int, sfreq: float
) -> Float64[np.ndarray, "T"]:
    """Events at random times: 0, but about ``size`` at the sample at which one begins."""
    count = rng.poisson(per_minute * n_times / sfreq / 60)
    train = np.zeros(n_times)
    np.add.at(train, rng.integers(n_times, size=count), size * np.exp(0.4 * rng.standard_normal(count)))
    return train


def spread(train: Float64[np.ndarray, "T"], kernel: Float64[np.ndarray, "_"]) -> Float64[np.ndarray, "T"]:
    """Every impulse replaced by the kernel, which begins where the impulse stands."""
    return np.convolve(train, kernel)[: len(train)]


def bump(seconds: float, sfreq: float) -> Float64[np.ndarray, "_"]:
    """A smooth rise to 1 and fall."""
    return np.hanning(max(round(seconds * sfreq), 1) + 2)[1:-1]
