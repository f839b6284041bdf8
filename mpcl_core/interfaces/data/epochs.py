"""Convert between windows and epochs of MNE-Python (extra ``mne``)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.interfaces.data.modality import Modality, Valence
from mpcl_core.interfaces.errors import DataError

if TYPE_CHECKING:
    from mpcl_core.interfaces.data.window_set import WindowSet

SCALES = {"eeg": ("uV", 1e6), "eog": ("uV", 1e6), "ecg": ("uV", 1e6), "emg": ("uV", 1e6), "gsr": ("uS", 1e6)}
"""Type of channel in MNE -> the unit here, and the factor from the SI unit of MNE; others keep their values."""
TYPES = {"eeg": "eeg", "ecg": "ecg", "emg": "emg", "eog": "eog", "gsr": "gsr"}
"""Modality -> its type of channel in MNE; others are ``misc``."""


def read_epochs(epochs: Any, name: str) -> tuple[Modality, Float32[np.ndarray, "N c t"]]:
    """Return epochs of one modality as windows.

    Args:
        epochs: ``mne.Epochs`` with channels of one type.
        name: of the modality.

    Returns:
        The modality, and its (N, c, t) values in its unit.

    Raises:
        DataError: the channels are of several types, which have several units.
    """
    kinds = sorted(set(epochs.get_channel_types()))
    if len(kinds) > 1:
        raise DataError(f"has channels of types {', '.join(kinds)}; pick one type a modality", field=name)
    unit, factor = SCALES.get(kinds[0], ("", 1.0))
    values = (epochs.get_data(copy=False) * factor).astype(np.float32)
    _, n_chans, n_times = values.shape
    modality = Modality(name, n_chans, n_times, float(epochs.info["sfreq"]), tuple(epochs.ch_names), unit)
    return modality, values


def windows_from_epochs(
    epochs: Mapping[str, Any],
    D: Float64[np.ndarray, "N k"],
    labels: Sequence[str],
    valence: Valence | None = None,
    **columns: Any,
) -> "WindowSet":
    """Return epochs of several modalities, which lie in the same order, as windows.

    Args:
        epochs: modality name -> ``mne.Epochs``.
        D: (N, k) emotion distributions.
        labels: names of the k emotions.
        valence: which of them are pleasant and unpleasant.
        columns: ``subject``, ``trial`` and other columns of a window set: a text for all windows, or one for each.

    Returns:
        The windows. ``window`` counts those of each subject, session and trial unless it is stated.

    Raises:
        DataError: the modalities have different numbers of epochs, a column has another length, or a value is invalid.
    """
    from mpcl_core.interfaces.data.window_set import WindowSet

    n, X, modalities = len(D), {}, []
    for name, of_modality in epochs.items():
        modality, X[name] = read_epochs(of_modality, name)
        modalities.append(modality)
        if len(X[name]) != n:
            raise DataError(f"has {len(X[name])} epochs, but there are {n} distributions", field=name)
    arrays = {name: np.full(n, value) if np.ndim(value) == 0 else np.asarray(value) for name, value in columns.items()}
    text = {name: array.astype(str) if name in _TEXT else array for name, array in arrays.items()}
    present = {name: np.ones(n, bool) for name in X}
    made = WindowSet(tuple(modalities), X, present, np.asarray(D, np.float64), tuple(labels), valence=valence, **text)
    if "window" not in columns:
        made.window = _counted(made)
    return made.validate()


def windows_to_epochs(windows: "WindowSet", name: str) -> Any:
    """Return one modality of windows as epochs.

    Args:
        windows: the windows; those without the modality are left out.
        name: the modality, which must have a sampling rate.

    Returns:
        ``mne.EpochsArray`` in SI units, with the columns and the distributions of the windows as metadata where pandas
        is installed.

    Raises:
        DataError: there is no such modality, or it is a feature table.
    """
    import mne

    modality = next((each for each in windows.modalities if each.name == name), None)
    if modality is None or modality.sfreq is None:
        fault = "there is no such modality" if modality is None else "a feature table has no sampling rate"
        raise DataError(fault, field=name)
    kind = TYPES.get(name.split("_")[0], "misc")
    names = list(modality.ch_names) or [f"{name}{number}" for number in range(modality.n_chans)]
    unit, factor = SCALES.get(kind, ("", 1.0))
    scale = factor if modality.unit == unit else 1.0
    info = mne.create_info(names, modality.sfreq, kind, verbose="ERROR")
    rows = np.flatnonzero(windows.present[name])
    values = windows.X[name][rows].astype(np.float64) / scale
    return mne.EpochsArray(values, info, metadata=_metadata(windows.take(rows)), verbose="ERROR")


_TEXT = ("subject", "session", "trial", "condition", "stimulus", "split")


def _counted(windows: "WindowSet") -> np.ndarray:
    """Return the number of each window among those of its subject, session and trial.

    Returns:
        (N,) numbers from 0.
    """
    seen: dict[tuple[str, str, str], int] = {}
    numbers = []
    for key in zip(windows.subject.tolist(), windows.session.tolist(), windows.trial.tolist(), strict=True):
        seen[key] = seen.get(key, -1) + 1
        numbers.append(seen[key])
    return np.array(numbers, np.int64)


def _metadata(windows: "WindowSet") -> Any:
    """Return the columns of windows as a DataFrame, or None where pandas is not installed.

    Returns:
        The table.
    """
    try:
        import pandas as pd
    except ImportError:
        return None
    columns = {name: getattr(windows, name) for name in (*_TEXT, "window", "weight")}
    return pd.DataFrame({**columns, **dict(zip(windows.labels, windows.D.T, strict=True))})
