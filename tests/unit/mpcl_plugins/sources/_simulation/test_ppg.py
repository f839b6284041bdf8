"""The simulated pulse follows arousal and valence."""

import numpy as np
import pytest

from mpcl_plugins.sources._simulation.affect import Drive
from mpcl_plugins.sources._simulation.ppg import Ppg
from mpcl_plugins.sources.simulated import Simulated
from support.simulated_signals import drive, heart_rate, mean_features, standard, trials, windows


def rate_swing(moved: Drive) -> float:
    """The interquartile range of the heart rate from window to window, averaged over trials."""
    rates = [heart_rate(windows(values, 64.0)) for values in trials(Ppg, moved)]
    return float(np.mean([np.subtract(*np.percentile(rate, [75, 25])) for rate in rates]))


def test_the_heart_rate_follows_arousal_by_four_beats() -> None:
    slow_, fast = (mean_features(Ppg, drive(arousal=level))[0] for level in (-1.5, 1.5))
    assert fast - slow_ == pytest.approx(12.0, abs=1.0)


def test_the_pulse_swings_less_with_arousal_and_is_higher_with_valence() -> None:
    assert rate_swing(drive(arousal=1.5)) < 0.8 * rate_swing(drive(arousal=-1.5))
    low, high = (mean_features(Ppg, drive(valence=level))[1] for level in (-1.0, 1.0))
    assert high - low == pytest.approx(0.4, abs=0.05)


@pytest.mark.slow
def test_heart_rate_of_the_study_follows_arousal() -> None:
    source = Simulated(missing=0.0)
    rate, arousal = [], []
    for recording in source.load():
        numbers = (recording.subject[1:], recording.trial[1:], recording.stimulus[4:])
        moved = source.affect(*(int(number) - 1 for number in numbers)).drive(1.0)
        arousal.append(moved.arousal)
        rate.append(heart_rate(windows(recording.signals["ppg"].values, 64.0)).mean())
    people = np.repeat(np.arange(8), 12)
    own = standard(np.array([rate, arousal]).T, people)
    assert np.corrcoef(own.T)[0, 1] > 0.6
    resting = np.array(rate).reshape(8, 12).mean(1)
    assert resting.std() > 1.5 * np.std(np.array(rate).reshape(8, 12) - resting[:, None])
