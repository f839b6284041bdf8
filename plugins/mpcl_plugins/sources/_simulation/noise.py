"""Draw noise that the simulated signals share. Every function takes its random generator."""

import numpy as np
from jaxtyping import Float64


def coloured_noise(
    rng: np.random.Generator, power: Float64[np.ndarray, "c F"], n_times: int, sfreq: float
) -> Float64[np.ndarray, "c T"]:
    """Return normal noise of a given power spectral density.

    Args:
        rng: draws it.
        power: (c, F) the density in unit² / Hz at the frequencies of ``rfft``.
        n_times: T.
        sfreq: Hz.

    Returns:
        (c, T).
    """
    normal = rng.standard_normal((2, *power.shape))
    spectrum = np.sqrt(power * sfreq * n_times / 4) * (normal[0] + 1j * normal[1])
    return np.fft.irfft(spectrum, n_times)


def slow_noise(
    rng: np.random.Generator, n_chans: int, n_times: int, sfreq: float, seconds: float
) -> Float64[np.ndarray, "c T"]:
    """Return standard normal noise that is correlated over so many seconds.

    Args:
        rng: draws it.
        n_chans: c.
        n_times: T.
        sfreq: Hz.
        seconds: the time constant.

    Returns:
        (c, T).
    """
    turns = 2 * np.pi * seconds * np.fft.rfftfreq(n_times, 1 / sfreq)
    shape = 1 / (1 + turns**2)
    power = np.tile(shape / (shape.sum() * sfreq / n_times), (n_chans, 1))
    return coloured_noise(rng, power, n_times, sfreq)


def impulses(
    rng: np.random.Generator, per_minute: float, size: float, n_times: int, sfreq: float
) -> Float64[np.ndarray, "T"]:
    """Return events at random times: 0, but about ``size`` at the sample at which one begins.

    Args:
        rng: draws them.
        per_minute: their mean rate.
        size: their typical size.
        n_times: T.
        sfreq: Hz.

    Returns:
        (T,).
    """
    count = rng.poisson(per_minute * n_times / sfreq / 60)
    train = np.zeros(n_times)
    np.add.at(train, rng.integers(n_times, size=count), size * np.exp(0.4 * rng.standard_normal(count)))
    return train


def convolve_impulses(train: Float64[np.ndarray, "T"], kernel: Float64[np.ndarray, "_"]) -> Float64[np.ndarray, "T"]:
    """Return impulses replaced by a kernel, which begins where the impulse stands.

    Args:
        train: (T,) impulses.
        kernel: the kernel.

    Returns:
        (T,).
    """
    return np.convolve(train, kernel)[: len(train)]


def bump(seconds: float, sfreq: float) -> Float64[np.ndarray, "_"]:
    """Return a smooth rise to 1 and fall.

    Args:
        seconds: its length.
        sfreq: Hz.

    Returns:
        A window of that length.
    """
    return np.hanning(max(round(seconds * sfreq), 1) + 2)[1:-1]
