"""Measures of NeuroKit2 of a window (Makowski et al., Behavior Research Methods 53, 2021).

NeuroKit2 processes each channel of each window by itself (``ecg_process``, ``ppg_process``, ``rsp_process`` or
``eda_process``) and analyses it as one interval (``*_intervalrelated``). It takes .05 to 1.5 s a window of a minute;
`hrv` and `eda` compute their measures of many windows at once.
"""

import importlib
import warnings
from functools import cache
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Float32, Float64

from mpcl_core.plugin import DataError, Modality, Name, WindowSet, suggest_name
from mpcl_plugins.transforms._table import TableTransform, require_distinct, windowed_modality

Kind = Literal["ecg", "ppg", "rsp", "eda"]

_EXAMPLE_SECONDS, _EXAMPLE_SFREQ = 60, 100
"""Length and rate of the simulated signal from which the names of the measures are read."""


class NeuroKit(TableTransform):
    """Compute a table (c, f) of each channel's measures by NeuroKit2 (``mpcl[neurokit]``).

    The names and units of the measures are those of NeuroKit2: ``HRV_RMSSD`` (ms), ``RSP_Rate_Mean`` (a minute),
    ``SCR_Peaks_N`` and so on. The table is absent where one cannot be computed, as in windows with too few beats.

    Args:
        modality: the signal.
        kind: what the signal is: an electrocardiogram, a pulse wave (BVP), breathing or skin conductance (uS).
        features: which measures of NeuroKit2's analysis of an interval.
        output: the name of the table; by default ``modality``, which it then replaces.

    Raises:
        ValueError: NeuroKit2 is not installed, has no such measure for this kind, or ``features`` is empty or names one
            twice.
    """

    name = "neurokit"

    def __init__(self, *, modality: Name, kind: Kind, features: tuple[str, ...], output: Name | None = None) -> None:
        require_distinct(features)
        known = _measures(kind)
        for feature in features:
            if feature not in known:
                hint = suggest_name(feature, known)
                raise ValueError(f"NeuroKit2 has no measure '{feature}' of {kind}.{hint} It has: {', '.join(known)}")
        super().__init__(modality, output, len(features))
        self.kind, self.features = kind, features

    def check(self, modalities: tuple[Modality, ...]) -> None:
        _, sfreq, _ = windowed_modality(modalities, self.modality)
        if sfreq != int(sfreq):
            raise DataError(f"{sfreq:g} Hz; NeuroKit2 needs a whole number: resample first", field=self.modality)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        modality, sfreq, _ = windowed_modality(windows.modalities, self.modality)
        measured = np.full((len(windows), modality.n_chans, len(self.features)), np.nan)
        for position in np.flatnonzero(windows.present[self.modality]):
            for channel, x in enumerate(windows.X[self.modality][position]):
                measured[position, channel] = self._measured(x, int(sfreq))
        return measured

    def _measured(self, x: Float32[np.ndarray, "t"], sfreq: int) -> Float64[np.ndarray, "f"]:
        try:
            found = _analyse(self.kind, x.astype(np.float64), sfreq)
        except Exception:  # NeuroKit2 raises errors of many kinds where a window has no beats, breaths or responses
            found = {}
        values = np.array([found.get(feature, np.nan) for feature in self.features])
        return np.where(np.isfinite(values), values, np.nan)


def _analyse(kind: Kind, x: Float64[np.ndarray, "t"], sfreq: int) -> dict[str, float]:
    """Process a signal and analyse it as one interval.

    Returns:
        Name of the measure -> value.
    """
    library = _library()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of measures that a short window does not allow: they are NaN
        signals, _ = getattr(library, f"{kind}_process")(x, sampling_rate=sfreq)
        table = getattr(library, f"{kind}_intervalrelated")(signals, sampling_rate=sfreq)
    return {name: float(np.ravel(table[name].iloc[0])[0]) for name in table}


@cache
def _measures(kind: Kind) -> tuple[str, ...]:
    """Read the names of NeuroKit2's measures from its analysis of a simulated signal.

    Returns:
        The names.
    """
    options = {"scr_number": 6} if kind == "eda" else {}
    simulate = getattr(_library(), f"{kind}_simulate")
    x = simulate(duration=_EXAMPLE_SECONDS, sampling_rate=_EXAMPLE_SFREQ, random_state=0, **options)
    return tuple(_analyse(kind, np.asarray(x, np.float64), _EXAMPLE_SFREQ))


def _library() -> Any:
    """Import NeuroKit2.

    Returns:
        The module.

    Raises:
        ValueError: it is not installed or cannot be imported.
    """
    try:
        return importlib.import_module("neurokit2")
    except ModuleNotFoundError as error:
        if error.name != "neurokit2":
            raise ValueError(f"NeuroKit2 cannot be imported: {error}") from error
        raise ValueError("NeuroKit2 is not installed: pip install 'mpcl[neurokit]'") from None
