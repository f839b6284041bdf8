"""The sensors of simulated people differ by the shift."""

import numpy as np
import pytest

from mpcl_plugins.sources._simulation.eeg import Eeg
from mpcl_plugins.sources._simulation.face import Face
from mpcl_plugins.sources._simulation.gsr import Gsr
from mpcl_plugins.sources._simulation.ppg import Ppg
from mpcl_plugins.sources._simulation.sensor import Sensor
from support.simulated_signals import (
    EXTRACT,
    drive,
    windows,
)


@pytest.mark.parametrize("sensor", [Eeg, Ppg, Gsr, Face])
def test_people_differ_by_the_shift(sensor: type[Sensor]) -> None:
    name, sfreq = sensor.modality.name, sensor.modality.sfreq or 0.0

    def spread_of_people(shift: float) -> np.ndarray:
        people = [sensor(rng=np.random.default_rng(seed), shift=shift) for seed in range(12)]
        signals = [one.values(drive(), np.random.default_rng(0), round(30 * sfreq)) for one in people]
        means = [EXTRACT[name](windows(values, sfreq)).mean(0) for values in signals]
        return np.asarray(np.std(means, axis=0))

    assert spread_of_people(0.0).max() < 1e-9
    assert (spread_of_people(1.0) > spread_of_people(0.3)).mean() > 0.8
