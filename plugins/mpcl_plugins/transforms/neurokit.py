"""table[c] = measures of channel c by NeuroKit2 (Makowski et al., Behavior Research Methods 53, 2021).

Each window is cleaned, its beats, responses or breaths are found, and the measures computed, by NeuroKit2's default
methods: ``ppg_peaks`` or ``ecg_peaks`` and ``hrv_time`` … ; ``eda_process`` and ``eda_intervalrelated``;
``rsp_process`` and ``rsp_intervalrelated``. That costs tens of milliseconds a window or more; `hrv` and `eda` measure
many windows at once. Tested with NeuroKit2 0.3.0.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Modality, Name, WindowSet, suggest_name
from mpcl_plugins.transforms._table import TableTransform, require_distinct, windowed_modality

log = logging.getLogger("mpcl.neurokit")

Kind = Literal["ppg", "ecg", "eda", "rsp"]


class NeuroKit(TableTransform):
    """Compute a table (c, f) of each channel's measures by NeuroKit2, in the order of ``measures``.

    NeuroKit2 is installed with ``mpcl[neurokit]``.

    The table is absent where NeuroKit2 cannot compute a measure, for example since a window has too few beats.

    Args:
        modality: the signal.
        kind: what the signal is: a pulse wave, an electrocardiogram, skin conductance or respiration.
        measures: their names in NeuroKit2: ``HRV_RMSSD``, ``HRV_HF``, ``SCR_Peaks_N``, ``RSP_Rate_Mean`` …
        output: the name of the table; by default ``modality``, which it then replaces.

    Raises:
        ValueError: NeuroKit2 is not installed, or ``measures`` is empty or names one twice.
    """

    name = "neurokit"

    def __init__(self, *, modality: Name, kind: Kind, measures: tuple[str, ...], output: Name | None = None) -> None:
        if find_spec("neurokit2") is None:
            raise ValueError("NeuroKit2 is not installed: pip install 'mpcl[neurokit]'")
        require_distinct(measures)
        super().__init__(modality, output, len(measures))
        self.kind, self.measures = kind, measures

    def check(self, modalities: tuple[Modality, ...]) -> None:
        _, sfreq, _ = windowed_modality(modalities, self.modality)
        if not float(sfreq).is_integer():
            raise DataError(
                f"{sfreq:g} Hz; NeuroKit2 needs a whole number, so use 'resample' first", field=self.modality
            )

    def measure(self, windows: WindowSet) -> Float64[np.ndarray, "N c f"]:
        _, sfreq, _ = windowed_modality(windows.modalities, self.modality)
        X, present = windows.X[self.modality], windows.present[self.modality]
        values = np.full((*X.shape[:2], len(self.measures)), np.nan)
        failures = []
        for number in np.flatnonzero(present):
            for channel, signal in enumerate(X[number]):
                try:
                    values[number, channel] = self._measured(signal.astype(np.float64), int(sfreq))
                except DataError:
                    raise
                except Exception as error:  # of any kind: too few beats, breaths or responses
                    failures.append(f"{type(error).__name__}: {error}")
        if failures:
            log.warning("NeuroKit2 failed for %d signals of %d windows, first: %s", len(failures), len(X), failures[0])
        return np.where(np.isfinite(values), values, np.nan)

    def _measured(self, signal: Float64[np.ndarray, "t"], sfreq: int) -> list[float]:
        """Return the measures of a signal.

        Returns:
            The values; NaN or infinite where NeuroKit2 cannot compute them.

        Raises:
            DataError: NeuroKit2 computes no measure of such a name.
        """
        found: dict[str, float] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of windows that are too short for some measure
            for part in _tables(signal, sfreq, self.kind):
                found |= {str(name): np.asarray(part[name], float).item() for name in part}
                if set(self.measures) <= set(found):
                    break
        for name in self.measures:
            if name not in found:
                hint = suggest_name(name, found) or f" There are: {', '.join(sorted(found))}."
                raise DataError(f"NeuroKit2 has no measure '{name}' of kind '{self.kind}'.{hint}", field="measures")
        return [found[name] for name in self.measures]


def _tables(signal: Float64[np.ndarray, "t"], sfreq: int, kind: Kind) -> Iterator[Mapping[str, Any]]:
    """Yield tables of one row with the measures of a signal, quick ones first.

    Yields:
        Measure -> a column of one value.
    """
    import neurokit2 as nk

    if kind in ("eda", "rsp"):
        process, measure = getattr(nk, f"{kind}_process"), getattr(nk, f"{kind}_intervalrelated")
        yield measure(process(signal, sampling_rate=sfreq)[0], sampling_rate=sfreq)
        return
    clean, find = getattr(nk, f"{kind}_clean"), getattr(nk, f"{kind}_peaks")
    _, found = find(clean(signal, sampling_rate=sfreq), sampling_rate=sfreq)
    peaks = found["PPG_Peaks" if kind == "ppg" else "ECG_R_Peaks"]
    for compute in (nk.hrv_time, nk.hrv_frequency, nk.hrv_nonlinear):
        yield compute(peaks, sampling_rate=sfreq)
