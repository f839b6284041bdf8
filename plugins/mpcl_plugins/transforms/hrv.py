"""Heart rate and its variability in a window, from a pulse wave or an electrocardiogram (Task Force, 1996).

    rate = 60 / mean(RR)   SDNN = sd(RR)   RMSSD = √mean(ΔRR²)   pNNx = share of |ΔRR| > x ms

RR are the normal intervals between beats (`_beats`), ΔRR their differences (`_intervals`). Quality is the share of the
window's time that normal intervals cover.
"""

import numpy as np
from jaxtyping import Float, Float32, Float64

from mpcl_core.plugin import Count, DataError, Modality, Name, NonNegative, WindowSet
from mpcl_plugins.transforms._beats import Kind, find_beats, lowest_rate
from mpcl_plugins.transforms._blocks import measure_in_blocks
from mpcl_plugins.transforms._intervals import Measure, measure_intervals
from mpcl_plugins.transforms._table import TableTransform, require_distinct, windowed_modality


class HRV(TableTransform):
    """Compute a table (c, f) of each channel's measures of heart rate, in the order of ``features``.

    ``rate`` is in beats a minute, ``sdnn`` and ``rmssd`` in ms; ``pnn50``, ``pnn20`` and ``quality`` are shares. None
    of them grows with the length of the window. The table is absent where a channel has too few beats.

    Args:
        modality: the signal.
        output: the name of the table; by default ``modality``, which it then replaces.
        kind: what the signal is, ``ppg`` (also called BVP) or ``ecg``.
        beats: the fewest differences ΔRR that a window needs.
        features: which measures.
        width: how long a beat lasts at least, in seconds. With 0.111 (0.097 in an electrocardiogram), as in Elgendi's
            papers, a noisy pulse has about 5 % fewer beats than without.

    Raises:
        ValueError: ``features`` is empty or names one twice, or ``width`` is negative.
    """

    name = "hrv"

    def __init__(
        self,
        *,
        modality: Name = "ppg",
        output: Name | None = None,
        kind: Kind = "ppg",
        beats: Count = 10,
        features: tuple[Measure, ...] = ("rate", "sdnn", "rmssd", "pnn50", "quality"),
        width: NonNegative = 0.0,
    ) -> None:
        require_distinct(features)
        if not width >= 0:
            raise ValueError(f"width is {width} s, but must not be negative")
        super().__init__(modality, output, len(features))
        self.kind, self.beats, self.features, self.width = kind, beats, features, width

    def check(self, modalities: tuple[Modality, ...]) -> None:
        _, sfreq, _ = windowed_modality(modalities, self.modality)
        if sfreq <= lowest_rate(self.kind):
            raise DataError(f"{sfreq:g} Hz; beats need more than {lowest_rate(self.kind):g} Hz", field=self.modality)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        _, sfreq, _ = windowed_modality(windows.modalities, self.modality)
        return measure_in_blocks(lambda x: self._measured(x, sfreq), windows.X[self.modality])

    def _measured(self, x: Float32[np.ndarray, "R t"], sfreq: float) -> Float64[np.ndarray, "R f"]:
        window, time = find_beats(x.astype(np.float64), sfreq, self.kind, self.width)
        found = measure_intervals(window, time, len(x), x.shape[1] / sfreq, self.beats)
        return np.stack([found[feature] for feature in self.features], axis=1)
