"""Plain statistics of a signal's window: level, spread, trend, extremes, and how fast it moves.

They have the same unit and meaning for every slow signal, and, in windows of one length, tell nothing of the length
of the recording.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Modality, Name, WindowSet, WindowTransform
from mpcl_plugins.transforms._table import declared, named_once, signal, with_table
from mpcl_plugins.transforms._trend import slope

Statistic = Literal["mean", "sd", "slope", "min", "max", "median", "speed"]

_MEASURES: dict[Statistic, Callable[[Float64[np.ndarray, "N c t"], float], Float64[np.ndarray, "N c"]]] = {
    "mean": lambda x, sfreq: x.mean(2),
    "sd": lambda x, sfreq: x.std(2),
    "slope": slope,
    "min": lambda x, sfreq: x.min(2),
    "max": lambda x, sfreq: x.max(2),
    "median": lambda x, sfreq: np.median(x, axis=2),
    "speed": lambda x, sfreq: np.abs(np.diff(x)).sum(2) / max(x.shape[2] - 1, 1) * sfreq,
}


class Statistics(WindowTransform):
    """A table (c, f) of each channel's statistics, in the order given.

    ``slope`` is the linear trend in units a second, ``speed`` the mean absolute change in units a second.

    Args:
        modality: the signal.
        output: the table's name; as ``modality``, whose place it takes, where it is not given.
        features: which statistics.

    Raises:
        ValueError: ``features`` is empty or names one twice.
    """

    name = "statistics"

    def __init__(
        self,
        *,
        modality: Name,
        output: Name | None = None,
        features: tuple[Statistic, ...] = ("mean", "sd", "slope", "min", "max"),
    ) -> None:
        named_once(features)
        self.modality, self.output, self.features = modality, output or modality, features

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the table.

        Raises:
            DataError: there is no such signal, or the table's name is taken.
        """
        return declared(modalities, self.modality, self.output, len(self.features))

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: as `outputs`.
        """
        _, sfreq, _ = signal(windows.modalities, self.modality)
        x = windows.X[self.modality].astype(np.float64)
        values = np.stack([_MEASURES[feature](x, sfreq) for feature in self.features], axis=2)
        return with_table(windows, self.modality, self.output, values)
