"""Convert windows to a table and back: modalities one after the other, an absent one NaN throughout."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from einops import rearrange
from jaxtyping import Float32, Float64, Shaped

from mpcl_core.interfaces.data import Modality, WindowSet, check_distributions, scale_weight
from mpcl_core.interfaces.data.epochs import read_epochs
from mpcl_core.interfaces.errors import DataError


def width(modality: Modality) -> int:
    """Return how many columns a modality takes.

    Args:
        modality: the modality.

    Returns:
        Channels times values in a channel.
    """
    return modality.n_chans * (modality.n_times or 1)


def value_names(modality: Modality) -> list[str]:
    """Name the columns that a modality takes.

    Args:
        modality: the modality.

    Returns:
        Modality, channel and, where it is a signal, the number of the value in the window, such as ``eeg.Fz.0``.

    Example:
        >>> value_names(Modality("eeg", 2, ch_names=("Fz", "Cz"))), value_names(Modality("ppg", 1, 2))
        (['eeg.Fz', 'eeg.Cz'], ['ppg.0.0', 'ppg.0.1'])
    """
    channels = [f"{modality.name}.{name}" for name in modality.ch_names or range(modality.n_chans)]
    return [f"{name}.{t}" for name in channels for t in range(modality.n_times)] if modality.n_times else channels


def default_labels(k: int) -> tuple[str, ...]:
    """Return the names of emotions that have none.

    Args:
        k: the number of emotions.

    Returns:
        ``y0``, ``y1`` …
    """
    return tuple(f"y{i}" for i in range(k))


def to_array(windows: WindowSet) -> Float32[np.ndarray, "n f"]:
    """Lay the signals of windows out as a table.

    Args:
        windows: n windows.

    Returns:
        (n, f) the modalities one after the other.
    """
    tables = [
        np.where(windows.present[name][:, None], rearrange(values, "n c t -> n (c t)"), np.float32("nan"))
        for name, values in windows.X.items()
    ]
    return np.hstack(tables)


def from_array(
    X: np.ndarray,
    D: np.ndarray,
    modalities: Sequence[Modality],
    subject: Shaped[np.ndarray, "n"],
    weight: Float64[np.ndarray, "n"],
    labels: tuple[str, ...],
) -> WindowSet:
    """Build a window set from a table.

    Args:
        X: (n, f) the modalities one after the other.
        D: (n, k) emotion distributions.
        modalities: the modalities of the columns.
        subject: (n,) names of the subjects, '' where unknown.
        weight: (n,) of any scale.
        labels: the names of the k emotions.

    Returns:
        The windows, validated; their weights have mean 1.

    Raises:
        ValueError: a row of ``D`` is no distribution, a weight is invalid, all weights are 0, or a window is invalid.
    """
    values, present = {}, {}
    parts = np.split(X, np.cumsum([width(modality) for modality in modalities])[:-1], axis=1)
    for modality, part in zip(modalities, parts, strict=True):
        absent = np.isnan(part).all(1)
        values[modality.name] = np.where(absent[:, None], 0, part).reshape(len(X), modality.n_chans, -1)
        present[modality.name] = ~absent
    try:
        check_distributions(D, "y")
        scaled = scale_weight(weight)
        windows = WindowSet(tuple(modalities), values, present, D, labels, weight=scaled, subject=subject)
        return windows.validate("X")
    except DataError as error:
        raise ValueError(str(error)) from None


def flatten_windows(X: Any) -> tuple[Any, Modality | None]:
    """Return windows as rows, whatever form they have.

    Args:
        X: (n, f) rows, (n, c, t) windows of one modality, or ``mne.Epochs`` of one.

    Returns:
        The (n, f) rows, each as channels x values; and the modality ``x`` of windows and epochs, None for rows.
    """
    if hasattr(X, "get_data") and hasattr(X, "ch_names"):
        modality, values = read_epochs(X, "x")
    elif (values := np.asarray(X)).ndim == 3:
        _, n_chans, n_times = values.shape
        modality = Modality("x", n_chans, n_times)
    else:
        return X, None
    return values.reshape(len(values), -1), modality
