"""Convert between windows and epochs of MNE-Python (extra ``mne``)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float32

from mpcl_core.interfaces.data.modality import Modality
from mpcl_core.interfaces.errors import DataError

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


def read_modalities(
    epochs: Mapping[str, Any], n: int
) -> tuple[tuple[Modality, ...], dict[str, Float32[np.ndarray, "N _ _"]]]:
    """Return epochs of several modalities, which lie in the same order, as windows.

    Args:
        epochs: modality name -> ``mne.Epochs``.
        n: how many epochs each has to have.

    Returns:
        The modalities, and modality name -> (N, c, t) values.

    Raises:
        DataError: a modality has another number of epochs, or channels of several types.
    """
    pairs = {name: read_epochs(of_modality, name) for name, of_modality in epochs.items()}
    for name, (_, values) in pairs.items():
        if len(values) != n:
            raise DataError(f"has {len(values)} epochs, but there are {n} distributions", field=name)
    return tuple(modality for modality, _ in pairs.values()), {name: values for name, (_, values) in pairs.items()}


def make_epochs(modality: Modality, values: Float32[np.ndarray, "N c t"], columns: Mapping[str, np.ndarray]) -> Any:
    """Return windows of one modality as epochs.

    Args:
        modality: which must have a sampling rate.
        values: (N, c, t) in its unit.
        columns: name -> (N,) what is known of each window.

    Returns:
        ``mne.EpochsArray`` in SI units, with the columns as metadata where pandas is installed.

    Raises:
        DataError: the modality is a feature table.
    """
    import mne

    if modality.sfreq is None:
        raise DataError("a feature table has no sampling rate", field=modality.name)
    kind = TYPES.get(modality.name.split("_")[0], "misc")
    names = list(modality.ch_names) or [f"{modality.name}{number}" for number in range(modality.n_chans)]
    unit, factor = SCALES.get(kind, ("", 1.0))
    scale = factor if modality.unit == unit else 1.0
    info = mne.create_info(names, modality.sfreq, kind, verbose="ERROR")
    return mne.EpochsArray(values.astype(np.float64) / scale, info, metadata=_metadata(columns), verbose="ERROR")


def _metadata(columns: Mapping[str, np.ndarray]) -> Any:
    """Return columns as a DataFrame, or None where pandas is not installed.

    Returns:
        The table.
    """
    try:
        import pandas as pd
    except ImportError:
        return None
    return pd.DataFrame(dict(columns))
