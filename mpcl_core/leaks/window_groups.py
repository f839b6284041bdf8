"""Group, thin out and describe windows for the checks of an audit."""

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.leaks.finding import N_EXAMPLES

Indices = Int64[np.ndarray, "_"]
"""Indices of windows in a study."""


def fitting_indices(fold: Fold) -> Indices:
    """Return the indices of a fold's training and validation windows.

    Args:
        fold: the fold.

    Returns:
        The training indices, then the validation indices.
    """
    return np.concatenate([fold.train, fold.validation])


def untested_fitting_indices(fold: Fold) -> Indices:
    """Return the indices of a fold's fitting windows that are not test windows as well.

    Args:
        fold: the fold.

    Returns:
        The indices, training before validation.
    """
    indices = fitting_indices(fold)
    return indices[~np.isin(indices, fold.test)]


def group_ids(windows: WindowSet, *columns: str) -> Int64[np.ndarray, "N"]:
    """Return the number of each window's group: windows that have the same values in some columns.

    Args:
        windows: N windows.
        columns: names of columns, such as ``subject`` and ``trial``.

    Returns:
        The number of each window's group (N).
    """
    number = np.zeros(len(windows), dtype=np.int64)
    for column in columns:
        names, inverse = np.unique(getattr(windows, column), return_inverse=True)
        number = np.unique(number * len(names) + inverse, return_inverse=True)[1]
    return number


def take_evenly(indices: Indices, at_most: int) -> Indices:
    """Choose some indices, evenly spaced over their order.

    Args:
        indices: the indices to choose from.
        at_most: the largest number to choose.

    Returns:
        All indices where there are few enough, else ``at_most`` of them or fewer.
    """
    if len(indices) <= at_most:
        return indices
    return indices[np.unique(np.linspace(0, len(indices) - 1, at_most).round().astype(np.int64))]


def describe_window(windows: WindowSet, index: int) -> str:
    """Describe one window for a message.

    Args:
        windows: the study's windows.
        index: which one.

    Returns:
        Text such as ``window 12 (subject s01, trial t03, number 4)``: its index in the study, and its number in the
        recording.
    """
    columns = ("subject", "session", "trial")
    names = [f"{name} {text}" for name in columns if (text := str(getattr(windows, name)[index]))]
    return f"window {index} ({', '.join([*names, f'number {windows.window[index]}'])})"


def describe_examples(windows: WindowSet, indices: Indices) -> tuple[str, ...]:
    """Describe the first few of some windows.

    Args:
        windows: the study's windows.
        indices: the windows of which the first ``N_EXAMPLES`` are described.

    Returns:
        One text for each.
    """
    return tuple(describe_window(windows, index) for index in indices[:N_EXAMPLES].tolist())
