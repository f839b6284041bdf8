"""Band power against scipy's periodogram, and that it is not differential entropy."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._bands import EEG
from mpcl_plugins.transforms.band_power import BandPower
from mpcl_plugins.transforms.differential_entropy import DifferentialEntropy
from support.feature_study import study, tone

SFREQ = 128.0


def brain(n: int = 6, channels: int = 3, samples: int = 640, seed: int = 0) -> WindowSet:
    rng = np.random.default_rng(seed)
    slow = rng.standard_normal((n, channels, samples)).cumsum(2)
    return study(list(slow + rng.standard_normal(slow.shape)), SFREQ, "eeg", "uV")


def power(windows: WindowSet, bands: tuple[tuple[float, float], ...] = EEG) -> np.ndarray:
    return BandPower(bands=bands).transform(windows).validate().X["eeg"]


@pytest.mark.parametrize("samples", [640, 641, 128])
@pytest.mark.parametrize("bands", [EEG, ((2.0, 3.0), (1.0, 63.0))])
def test_it_is_the_mean_of_the_periodogram(samples: int, bands: tuple[tuple[float, float], ...]) -> None:
    from scipy.signal import periodogram

    windows = brain(samples=samples)
    found = power(windows, bands)
    for i, window in enumerate(windows.X["eeg"].astype(np.float64)):
        for c, x in enumerate(window):
            f, P = periodogram(x, SFREQ, window="hann", detrend="constant", scaling="density")
            expected = [np.log(np.mean([p for g, p in zip(f, P, strict=True) if a <= g < b])) for a, b in bands]
            np.testing.assert_allclose(found[i, c], expected, atol=2e-4)


def test_the_power_of_a_tone_is_half_its_square() -> None:
    found = power(study([tone(10.0, SFREQ, 8, height=3.0)], SFREQ, "eeg"))[0, 0]
    assert np.exp(found[2]) * (14 - 8) == pytest.approx(4.5, rel=1e-3)
    assert (found[[0, 1, 3, 4]] < found[2] - 9).all()


def test_a_large_constant_has_no_effect() -> None:
    windows = brain(samples=128)
    lifted = windows.with_signals({"eeg": windows.X["eeg"] + np.float32(4096)})
    np.testing.assert_allclose(power(lifted), power(windows), atol=5e-3)


def test_it_is_another_quantity_than_differential_entropy() -> None:
    windows = brain(n=100, channels=1)
    entropy = DifferentialEntropy().transform(windows).X["eeg"][:, 0]
    found = power(windows)[:, 0]
    for band in range(len(EEG)):
        assert 0.3 < np.corrcoef(found[:, band], entropy[:, band])[0, 1] < 0.97
    width = np.array([high - low for low, high in EEG])
    near = 0.5 * (np.log(2 * np.pi * np.e * width) + found)  # where they would be one, were the power flat
    np.testing.assert_allclose(near.mean(0), entropy.mean(0), atol=0.25)


def test_a_window_depends_on_itself_alone() -> None:
    windows = brain()
    joint = power(windows)
    for i in range(len(windows)):
        np.testing.assert_allclose(power(windows.take(np.array([i])))[0], joint[i], rtol=1e-4, atol=1e-5)


def test_a_channel_that_never_varies_makes_the_table_absent() -> None:
    windows = brain(n=3)
    windows.X["eeg"][1, 1] = 12345.678
    windows.present["eeg"][2] = False
    out = BandPower(output="bands").transform(windows.with_signals(windows.X)).validate()
    assert out.present["bands"].tolist() == [True, False, False]
    assert out.modalities == BandPower(output="bands").outputs(windows.modalities)


def test_power_that_single_precision_cannot_hold_is_absent_and_never_infinite() -> None:
    windows = study([tone(10.0, SFREQ, 5, height=1e-25), tone(10.0, SFREQ, 5)], SFREQ, "eeg")
    assert BandPower().transform(windows).validate().present["eeg"].tolist() == [False, True]


def test_unmeasurable_signals_are_refused() -> None:
    with pytest.raises(ValueError, match=r"bands holds \[4\.0, 1\.0\] Hz"):
        BandPower(bands=((4.0, 1.0),))
    with pytest.raises(DataError, match=r"a window of 1 s has no frequency bin from 4\.2 to 4\.8 Hz"):
        BandPower(bands=((4.2, 4.8),)).outputs((Modality("eeg", 1, 128, 128.0),))
    with pytest.raises(DataError, match="100 Hz is too low a rate for a band up to 50 Hz"):
        BandPower().outputs((Modality("eeg", 1, 1000, 100.0),))
    with pytest.raises(DataError, match="already a modality of that name"):
        BandPower(output="gsr").outputs((Modality("eeg", 1, 640, 128.0), Modality("gsr", 1, 8, 4.0)))
