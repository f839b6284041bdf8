"""Test the grid of time stamps: gaps, jitter, doubled stamps and drift."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.clock import Grid, fit_grid

RNG = np.random.default_rng(0)
SFREQ = 128.0
N = int(120 * SFREQ)


def fit(times: np.ndarray, sfreq: float = SFREQ) -> Grid:
    return fit_grid(times, sfreq, Path("x.csv"), "time")


def late(times: np.ndarray) -> np.ndarray:
    times[300::300] += 0.8 / SFREQ
    return times


def doubled(times: np.ndarray) -> np.ndarray:
    times[500::300] = times[499:-1:300]
    return times


def jittered(times: np.ndarray) -> np.ndarray:
    return np.asarray(times + RNG.normal(0, 0.0012, len(times)))


@pytest.mark.parametrize("disturb", [late, doubled, jittered])
def test_disturbed_stamps_make_no_gap(disturb: object) -> None:
    grid = fit(disturb(np.arange(N) / SFREQ))  # type: ignore[operator]
    np.testing.assert_array_equal(grid.place, np.arange(N))
    assert grid.rate == pytest.approx(SFREQ, rel=1e-5)
    assert not grid.timing.resampled


@pytest.mark.parametrize("disturb", [late, jittered])
def test_long_gap_keeps_place_among_disturbed_stamps(disturb: object) -> None:
    taken = np.delete(np.arange(N), np.s_[3000:4280])
    grid = fit(disturb(taken / SFREQ))  # type: ignore[operator]
    np.testing.assert_array_equal(grid.place, taken)
    assert (grid.timing.gaps, round(grid.timing.lost, 3)) == (1, 10.0)


def test_single_lost_samples_are_found() -> None:
    taken = np.sort(np.r_[0, 12799, RNG.permutation(np.arange(1, 12799))[:12398]])
    np.testing.assert_array_equal(fit(taken / SFREQ).place, taken)
    noisy = fit(taken / SFREQ + RNG.normal(0, 0.0005, len(taken)))
    assert np.mean(noisy.place != taken) < 0.005


def test_steady_drift_is_resampled_to_declared_rate() -> None:
    real = SFREQ * (1 + 200e-6)
    times = np.arange(int(3600 * real)) / real
    grid = fit(times)
    assert grid.timing.drift == pytest.approx(200, abs=0.1)
    wanted = slice(round(3000 * SFREQ), round(3010 * SFREQ))
    values = np.sin(2 * np.pi * 5 * times)[:, None]
    found = grid.filled(values[slice(*grid.rows(wanted))], wanted)
    np.testing.assert_allclose(
        found[:, 0], np.sin(2 * np.pi * 5 * np.arange(*wanted.indices(10**9)) / SFREQ), atol=1e-3
    )


def test_changing_drift_is_followed() -> None:
    n = int(3600 * SFREQ)
    times = np.cumsum((1 + 20e-6 * np.sin(np.arange(n) / n * 2 * np.pi)) / SFREQ)
    grid = fit(times)
    assert grid.position is not None
    assert grid.timing.gaps == 0
    assert np.abs(grid.position / SFREQ - (times - times[0])).max() < 0.5 / SFREQ


def test_gap_stays_gap_when_resampled() -> None:
    real = SFREQ * 1.002
    taken = np.delete(np.arange(int(600 * real)), np.s_[30_000 : 30_000 + round(10 * real)])
    grid = fit(taken / real)
    filled = grid.filled(np.ones((len(taken), 1)), slice(0, None))[:, 0]
    assert abs(np.isnan(filled).sum() - 1280) <= 2
    assert abs(np.flatnonzero(np.isnan(filled))[0] / SFREQ - 30_000 / real) <= 1 / SFREQ


def test_rate_beyond_tolerance_names_both_rates() -> None:
    with pytest.raises(DataError, match=r"have 126 Hz, but 128 Hz were declared; declare 126"):
        fit(np.arange(N) / 126.0)


@pytest.mark.parametrize(("seconds", "message"), [(20.0, "set back by 19.99"), (-20.0, None)])
def test_clock_that_was_set_is_named_with_its_row(seconds: float, message: str | None) -> None:
    times = np.arange(N) / SFREQ
    times[5000:] -= seconds
    if message is None:
        assert fit(times).timing.gaps == 1
        return
    with pytest.raises(DataError, match=f"row 5000: the clock was {message}.* s; cut the file there"):
        fit(times)
