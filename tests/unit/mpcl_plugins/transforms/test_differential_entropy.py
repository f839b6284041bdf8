"""Differential entropy against a loop that filters every window, channel and band, and against known variances."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._bands import EEG
from mpcl_plugins.transforms.differential_entropy import DifferentialEntropy
from support.feature_study import study, tone

SFREQ = 128.0


def brain(n: int = 3, channels: int = 2, samples: int = 640, seed: int = 0) -> WindowSet:
    rng = np.random.default_rng(seed)
    slow = rng.standard_normal((n, channels, samples)).cumsum(2)
    return study(list(slow + rng.standard_normal(slow.shape)), SFREQ, "eeg", "uV")


def by_loop(X: np.ndarray, sfreq: float, bands: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Reflects for 30 s, filters there and back, cuts, and takes the variance: 1/2 ln (2 pi e variance)."""
    from scipy.signal import butter, sosfiltfilt

    found = np.empty((*X.shape[:2], len(bands)))
    far = round(30 * sfreq)
    for i, window in enumerate(X.astype(np.float64)):
        for c, x in enumerate(window):
            for band, edges in enumerate(bands):
                sections = butter(4, edges, "bandpass", fs=sfreq, output="sos")
                y = sosfiltfilt(sections, np.pad(x, far, mode="symmetric"), padlen=0)[far:-far]
                found[i, c, band] = 0.5 * np.log(2 * np.pi * np.e * np.square(y).mean())
    return found


def entropy(windows: WindowSet, **parameters: object) -> np.ndarray:
    return DifferentialEntropy(**parameters).transform(windows).validate().X["eeg"]  # type: ignore[arg-type]


@pytest.mark.parametrize("samples", [640, 641, 129])
def test_entropy_equals_a_loop_over_filtered_windows(samples: int) -> None:
    windows = brain(samples=samples)
    np.testing.assert_allclose(entropy(windows), by_loop(windows.X["eeg"], SFREQ, EEG), rtol=0, atol=1e-6)


def test_other_bands_in_their_order() -> None:
    bands = ((8.0, 10.0), (1.0, 60.0), (3.0, 3.5))
    windows = brain()
    expected = by_loop(windows.X["eeg"], SFREQ, bands)
    np.testing.assert_allclose(entropy(windows, bands=bands), expected, rtol=0, atol=1e-6)


def test_a_tone_in_the_middle_of_a_band_has_half_its_square_as_variance() -> None:
    x = tone(np.sqrt(8 * 14), SFREQ, 10, height=3.0)
    alpha, gamma = entropy(study([x], SFREQ, "eeg"))[0, 0, [2, 4]]
    assert alpha == pytest.approx(0.5 * np.log(2 * np.pi * np.e * 4.5), abs=0.01)
    assert gamma < alpha - 3


def test_white_noise_has_the_variance_of_its_band() -> None:
    rows = list(2 * np.random.default_rng(0).standard_normal((300, 640)))
    found = entropy(study(rows, SFREQ, "eeg"))[:, 0].mean(0)
    width = np.array([high - low for low, high in EEG])
    variance = 4 * width / (SFREQ / 2)
    np.testing.assert_allclose(found, 0.5 * np.log(2 * np.pi * np.e * variance), atol=0.12)


def test_scale_adds_its_logarithm_and_offset_adds_nothing() -> None:
    windows = brain()
    changed = windows.with_signals({"eeg": 1e3 * windows.X["eeg"]})
    np.testing.assert_allclose(entropy(changed), entropy(windows) + np.log(1e3), atol=1e-5)
    lifted = windows.with_signals({"eeg": windows.X["eeg"] + np.float32(4096)})
    np.testing.assert_allclose(entropy(lifted), entropy(windows), atol=1e-3)


def test_a_window_depends_on_itself_alone() -> None:
    windows = brain(n=5)
    joint = entropy(windows)
    for i in range(5):
        np.testing.assert_allclose(entropy(windows.take(np.array([i])))[0], joint[i], rtol=1e-6)


def test_many_windows_are_measured_in_blocks() -> None:
    windows = brain(n=300, channels=3)
    some = np.array([0, 135, 136, 137, 299])
    np.testing.assert_allclose(entropy(windows)[some], entropy(windows.take(some)), rtol=1e-6)


def test_a_channel_that_never_varies_makes_the_table_absent_and_never_infinite() -> None:
    windows = brain(n=4)
    windows.X["eeg"][1, 1] = 12345.678
    windows.X["eeg"][2] = 0
    windows.present["eeg"][3] = False
    out = DifferentialEntropy(output="bands").transform(windows.with_signals(windows.X)).validate()
    assert out.present["bands"].tolist() == [True, False, False, False]
    assert not out.X["bands"][1:].any()
    assert out.present["eeg"].tolist() == [True, True, True, False]
    assert out.modalities == DifferentialEntropy(output="bands").outputs(windows.modalities)
    assert out.modalities[1] == Modality("bands", 2, 5)


def test_real_signals_equal_the_loop_and_are_near_what_scripts_with_other_edges_find(data_dir: Path) -> None:
    from scipy.signal import butter, sosfiltfilt

    path = data_dir / "neurokit" / "bio_resting_5min_100hz.csv"
    heart = np.loadtxt(path, delimiter=",", skiprows=1)[:, 0].reshape(60, 1, 500)
    bands = EEG[:4]
    windows = study(list(heart), 100.0, "eeg")
    found = entropy(windows, bands=bands)
    np.testing.assert_allclose(found[:10], by_loop(windows.X["eeg"][:10], 100.0, bands), rtol=0, atol=1e-6)
    for band, edges in enumerate(bands):
        y = sosfiltfilt(butter(4, edges, "bandpass", fs=100.0, output="sos"), heart[:, 0])
        scripts = 0.5 * np.log(2 * np.pi * np.e * y.var(1))
        assert np.corrcoef(found[:, 0, band], scripts)[0, 1] > 0.9


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((), r"bands is empty"),
        (((4.0, 4.0),), r"bands holds \[4\.0, 4\.0\] Hz"),
        (((1.0, 4.0), (8.0, 4.0)), r"bands holds \[8\.0, 4\.0\] Hz"),
        (((0.0, 4.0),), r"bands holds \[0\.0, 4\.0\] Hz"),
        (((1.0, float("nan")),), r"bands holds \[1\.0, nan\] Hz"),
    ],
)
def test_bad_bands_are_refused_with_their_values(bands: tuple[tuple[float, float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DifferentialEntropy(bands=bands)


@pytest.mark.parametrize(
    ("modality", "message"),
    [
        (Modality("ppg", 1, 640, 128.0), "no such modality. There are: ppg"),
        (Modality("eeg", 18, 5), "no windows of samples"),
        (Modality("eeg", 1, 1000, 100.0), "100 Hz is too low a rate for a band up to 50 Hz"),
        (Modality("eeg", 1, 120, 128.0), r"a window of 0\.9375 s does not hold one period of 1 Hz"),
    ],
)
def test_unmeasurable_signals_are_refused(modality: Modality, message: str) -> None:
    with pytest.raises(DataError, match=message):
        DifferentialEntropy().outputs((modality,))
