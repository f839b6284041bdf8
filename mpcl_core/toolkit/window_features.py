"""Describe each window as one vector, for models and checks that compare windows.

A feature table enters as it is. A signal enters as the mean and the standard deviation of each of its channels over
the window, because the raw samples of two windows never match in phase.
"""

from collections.abc import Sequence

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float32, Float64

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.suggestions import suggest_name


def window_features(windows: WindowSet, modalities: Sequence[str] | None = None) -> Float64[np.ndarray, "N f"]:
    """Return the features of each window, the modalities side by side.

    Args:
        windows: the N windows. An absent modality enters with the zeros that it holds.
        modalities: names of the modalities to use, in the order of the columns; None for all, in the study's order.

    Returns:
        (N, f), where a table (c, t) contributes c · t columns and a signal of c channels contributes 2 c: the means,
        then the standard deviations, in the unit of the signal.

    Raises:
        DataError: the study lacks one of the modalities.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.interfaces.data import Modality, WindowSet
        >>> gsr = Modality("gsr", n_chans=1, n_times=2, sfreq=4.0)
        >>> X, present = np.array([[[1, 3]]], np.float32), np.ones(1, bool)
        >>> windows = WindowSet((gsr,), {"gsr": X}, {"gsr": present}, np.array([[0.5, 0.5]]), ("joy", "fear"))
        >>> window_features(windows).tolist()
        [[2.0, 1.0]]
    """
    return np.concatenate(
        [_features(windows.X[modality.name], modality) for modality in _chosen(windows, modalities)], axis=1
    )


def known_features(windows: WindowSet) -> Bool[np.ndarray, "N f"]:
    """Mark the entries of `window_features` that belong to a modality present in the window.

    Args:
        windows: the N windows.

    Returns:
        (N, f), False in all columns of a modality where it is absent.

    Example:
        >>> X, present = np.array([[[1, 3]]], np.float32), np.zeros(1, bool)
        >>> D = np.array([[0.5, 0.5]])
        >>> windows = WindowSet((Modality("face", 1, 2),), {"face": X}, {"face": present}, D, ("joy", "fear"))
        >>> known_features(windows).tolist()
        [[False, False]]
    """
    return np.concatenate(
        [
            np.repeat(windows.present[modality.name][:, None], _n_features(modality, windows), axis=1)
            for modality in windows.modalities
        ],
        axis=1,
    )


def _chosen(windows: WindowSet, names: Sequence[str] | None) -> list[Modality]:
    if names is None:
        return list(windows.modalities)
    known = {modality.name: modality for modality in windows.modalities}
    if missing := [name for name in names if name not in known]:
        hint = suggest_name(missing[0], known)
        raise DataError(f"there is no modality {', '.join(missing)}.{hint} There are: {', '.join(known)}")
    return [known[name] for name in names]


def _features(values: Float32[np.ndarray, "N c t"], modality: Modality) -> Float64[np.ndarray, "N _"]:
    wide = values.astype(np.float64)
    if modality.sfreq is None:
        return rearrange(wide, "N c t -> N (c t)")
    return np.concatenate([wide.mean(2), wide.std(2)], axis=1)


def _n_features(modality: Modality, windows: WindowSet) -> int:
    _, n_chans, n_times = windows.X[modality.name].shape
    return int(n_chans * (n_times if modality.sfreq is None else 2))
