"""Simulated action units follow their emotions."""

import numpy as np

from mpcl_plugins.sources._simulation.affect import EMOTIONS
from mpcl_plugins.sources._simulation.face import Face
from support.simulated_signals import (
    drive,
    mean_features,
    trials,
)


def test_action_units_follow_their_emotions() -> None:
    still = mean_features(Face, drive())
    unit = {name: number for number, name in enumerate(Face.modality.ch_names)}
    happy = mean_features(Face, drive(enthusiastic=1.5, excited=1.5)) - still
    upset = mean_features(Face, drive(upset=1.5, distressed=1.5)) - still
    assert min(happy[unit["AU06"]], happy[unit["AU12"]]) > 0.3
    assert min(upset[unit["AU04"]], upset[unit["AU15"]]) > 0.3
    assert np.abs(happy[unit["AU15"]]) < 0.05
    assert np.abs(upset[unit["AU12"]]) < 0.05


def test_action_units_are_tenths_from_0_to_5() -> None:
    values = np.concatenate(trials(Face, drive(**dict.fromkeys(EMOTIONS, 3.0))))
    assert values.min() >= 0
    assert values.max() <= 5
    np.testing.assert_allclose(values * 10, np.rint(values * 10), atol=1e-9)
