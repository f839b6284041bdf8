"""Made-up signals whose features are known: a pulse, an electrocardiogram, a skin conductance, tones; and their rows."""

import numpy as np

from mpcl_core.interfaces.data import Modality, Recording, Signal, WindowSet


def beat_times(rate: float, seconds: float, jitter: float = 0.0, seed: int = 0) -> np.ndarray:
    """Seconds of beats at ``rate`` a minute, whose intervals vary with a standard deviation of ``jitter`` s."""
    rng = np.random.default_rng(seed)
    intervals = 60 / rate + jitter * rng.standard_normal(int(2 * seconds * rate / 60) + 4)
    times = 0.4 + np.cumsum(intervals)
    return times[times < seconds - 0.4]


def bumps(times: np.ndarray, sfreq: float, seconds: float, width: float, height: float = 1.0) -> np.ndarray:
    """A signal with a bell of standard deviation ``width`` s at each time."""
    t = np.arange(round(seconds * sfreq)) / sfreq
    return height * np.exp(-0.5 * np.square((t[:, None] - times) / width)).sum(1)


def study(rows: list[np.ndarray], sfreq: float, name: str, unit: str = "") -> WindowSet:
    """One row for each signal (t) or (c, t)."""
    X = np.stack([np.atleast_2d(row) for row in rows]).astype(np.float32)
    n = len(X)
    modality = Modality(name, X.shape[1], X.shape[2], sfreq, unit=unit)
    return WindowSet((modality,), {name: X}, {name: np.ones(n, bool)}, np.full((n, 2), 0.5), ("a", "b"))


def recording(**signals: Signal) -> Recording:
    """A recording of these signals."""
    return Recording(signals, np.array([0.5, 0.5]), "S1", "t1", "day-2", "rest", "clip-7")


def tone(frequency: float, sfreq: float, seconds: float, height: float = 1.0) -> np.ndarray:
    """A sine (t) of that many Hz."""
    return height * np.sin(2 * np.pi * frequency * np.arange(round(seconds * sfreq)) / sfreq)
