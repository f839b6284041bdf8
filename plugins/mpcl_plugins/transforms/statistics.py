"""Plain statistics of a signal's window: level, spread, trend, extremes, and mean speed.

They have the same unit and meaning for every slow signal, and, in windows of one length, do not depend on the length
of the recording.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Float, Float64

from mpcl_core.plugin import Count, DataError, Modality, Name, WindowSet
from mpcl_plugins.transforms._table import TableTransform, require_distinct, windowed_modality
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


class Statistics(TableTransform):
    """Compute a table (c, f) of each channel's statistics, in the order of ``features``.

    ``slope`` is the linear trend in units a second, ``speed`` the mean absolute change in units a second.

    Args:
        modality: the signal.
        output: the name of the table; by default ``modality``, which it then replaces.
        features: which statistics.
        parts: number of equal parts of a window, each of which is measured; the table is (c, parts f), part after part.

    Raises:
        ValueError: ``features`` is empty or names one twice.
        DataError: a window has fewer than two samples for each part.
    """

    name = "statistics"

    def __init__(
        self,
        *,
        modality: Name,
        output: Name | None = None,
        features: tuple[Statistic, ...] = ("mean", "sd", "slope", "min", "max"),
        parts: Count = 1,
    ) -> None:
        require_distinct(features)
        super().__init__(modality, output, parts * len(features))
        self.features, self.parts = features, parts

    def check(self, modalities: tuple[Modality, ...]) -> None:
        _, _, n_times = windowed_modality(modalities, self.modality)
        if self.parts > 1 and n_times < 2 * self.parts:
            raise DataError(f"a window of {n_times} samples cannot be cut into {self.parts} parts", field=self.modality)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        _, sfreq, _ = windowed_modality(windows.modalities, self.modality)
        x = windows.X[self.modality].astype(np.float64)
        samples = x.shape[2] // self.parts
        cut = [x] if self.parts == 1 else np.split(x[..., : samples * self.parts], self.parts, axis=2)
        return np.stack([_MEASURES[feature](part, sfreq) for part in cut for feature in self.features], axis=2)
