"""Noise of a stated density, slow noise, and impulses at a rate."""

import numpy as np
import pytest

from mpcl_plugins.sources._simulation.noise import coloured_noise, impulses, slow_noise


def test_coloured_noise_has_the_requested_density() -> None:
    n_times, sfreq = 4096, 64.0
    f = np.fft.rfftfreq(n_times, 1 / sfreq)
    density = np.where((f > 5) & (f < 10), 2.0, 0.0)[None].repeat(400, axis=0)
    noise = coloured_noise(np.random.default_rng(0), density, n_times, sfreq)
    assert noise.var() == pytest.approx(2.0 * 5.0, rel=0.02)
    outside = np.abs(np.fft.rfft(noise))[:, (f < 5) | (f > 10)]
    assert outside.max() < 1e-9


def test_slow_noise_is_standard_and_forgets() -> None:
    noise = slow_noise(np.random.default_rng(0), 400, 2000, 10.0, 2.0)
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    lag = [np.mean(noise[:, seconds * 10 :] * noise[:, : 2000 - seconds * 10]) for seconds in (1, 2, 10)]
    assert lag == pytest.approx([np.exp(-1 / 2), np.exp(-2 / 2), np.exp(-10 / 2)], abs=0.05)


def test_impulses_come_at_their_rate() -> None:
    train = impulses(np.random.default_rng(0), 30.0, 2.0, 600 * 50, 50.0)
    assert np.count_nonzero(train) == pytest.approx(300, abs=60)
    assert np.median(train[train > 0]) == pytest.approx(2.0, rel=0.15)
