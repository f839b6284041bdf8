"""The simulated EEG follows the emotions in its bands, over a background with blinks."""

import numpy as np

from mpcl_plugins.sources._simulation.eeg import Eeg
from support.simulated_signals import drive, mean_features, power, trials


def test_band_powers_follow_the_emotions() -> None:
    still = mean_features(Eeg, drive()).reshape(4, 8)
    pleased = mean_features(Eeg, drive(valence=1.0)).reshape(4, 8) - still
    stirred = mean_features(Eeg, drive(arousal=1.0)).reshape(4, 8) - still
    torn = mean_features(Eeg, drive(conflict=1.0)).reshape(4, 8) - still
    channel = {name: number for number, name in enumerate(Eeg.modality.ch_names)}
    theta, alpha, beta, gamma = range(4)
    assert pleased[alpha, channel["F3"]] < -0.1 < 0.1 < pleased[alpha, channel["F4"]]
    assert stirred[alpha, channel["P3"]] < -0.1
    assert stirred[beta].min() > 0.05
    assert min(pleased[gamma, channel["T7"]], stirred[gamma, channel["T8"]]) > 0.05
    assert torn[theta, channel["F3"]] > 0.05
    assert np.abs(torn[beta]).max() < 0.02


def test_the_background_falls_with_frequency_and_blinks_are_frontal() -> None:
    (values,) = trials(Eeg, drive(), seconds=120.0, count=1)
    f, p = power(values, 128.0, values.shape[1])
    back = p[6:].mean(0)
    assert back[(f > 1) & (f < 4)].mean() > 5 * back[(f > 48) & (f < 60)].mean()
    assert back[(f > 9) & (f < 11)].mean() > 3 * back[(f > 14) & (f < 17)].mean()
    peaks = np.abs(values).max(1)
    assert peaks[:2].min() > 80 > peaks[6:].max()
