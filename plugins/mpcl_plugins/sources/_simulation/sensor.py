"""Define what the four simulated signals have in common."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality
from mpcl_plugins.sources._simulation.affect import Drive


class Sensor(ABC):
    """Simulate one modality of one person.

    The constructor draws what belongs to the person (gains, baselines, rates).

    Args:
        rng: the person's.
        shift: how far people differ; 0 makes them alike.
    """

    modality: ClassVar[Modality]

    @abstractmethod
    def __init__(self, *, rng: np.random.Generator, shift: float) -> None: ...

    @abstractmethod
    def values(self, drive: Drive, rng: np.random.Generator, n_times: int) -> Float64[np.ndarray, "c T"]:
        """Return a trial's signal.

        Args:
            drive: what drives the body.
            rng: draws what a trial adds apart from emotion.
            n_times: T.

        Returns:
            (c, T) samples.
        """
