"""Simulated skin conductance responds to arousal."""

import numpy as np

from mpcl_plugins.sources._simulation.gsr import Gsr
from support.simulated_signals import drive, trials


def test_skin_conductance_responses_come_more_often_and_grow_with_arousal() -> None:
    calm, stirred = (
        np.mean([np.maximum(np.diff(values), 0).sum() for values in trials(Gsr, drive(arousal=level))])
        for level in (-1.5, 1.5)
    )
    assert stirred > 3 * calm
    assert min(values.min() for values in trials(Gsr, drive(arousal=-6.0))) >= 0
