"""Keep the truth of a study out of reach of its components.

What the engine scores and stores (distributions, weights, subjects, trials …) lies in arrays that no component is
handed. Components get copies of these columns, and arrays that cannot be written; where they have no business with the
labels (preparation, test windows), the copy of D holds NaN. This guards against slips: code that runs in the same
process and means to cheat can reach any memory.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import WINDOW_COLUMNS, Fold, Recording, WindowSet

RECORDING_COLUMNS = ("subject", "session", "trial", "condition", "stimulus")
"""Columns of windows that are the same for all windows of a recording."""


def read_only(windows: WindowSet) -> WindowSet:
    """Copy the columns of windows, and make all their arrays read-only.

    Args:
        windows: the windows; their signals and masks become read-only, too.

    Returns:
        The same windows, whose columns share no memory with those given.
    """
    columns = {name: getattr(windows, name).copy() for name in WINDOW_COLUMNS}
    return frozen(replace(windows, X=dict(windows.X), present=dict(windows.present), **columns))


def frozen(windows: WindowSet) -> WindowSet:
    """Make all arrays of windows read-only, where nothing else holds them.

    Args:
        windows: the windows, whose arrays are fresh copies.

    Returns:
        The windows themselves.
    """
    columns = (getattr(windows, name) for name in WINDOW_COLUMNS)
    for values in (*windows.X.values(), *windows.present.values(), *columns):
        values.flags.writeable = False
    return windows


def frozen_part(windows: WindowSet, positions: Int64[np.ndarray, "R"]) -> WindowSet:
    """Select windows, read-only: views where the positions are consecutive, else copies.

    A side of a fold's fitting windows is consecutive, so that nothing is copied to fit on it alone.

    Args:
        windows: the windows, which nobody writes while the selection is used.
        positions: of the selected windows.

    Returns:
        The selected windows, read-only.
    """
    if not len(positions) or not (positions[1:] - positions[:-1] == 1).all():
        return frozen(windows.take(positions))
    side = slice(positions[0], positions[-1] + 1)
    X, present = ({name: values[side] for name, values in each.items()} for each in (windows.X, windows.present))
    columns = {name: getattr(windows, name)[side] for name in WINDOW_COLUMNS}
    return frozen(replace(windows, X=X, present=present, **columns))


def without_labels(windows: WindowSet) -> WindowSet:
    """Copy windows as a component gets them that must not see their labels.

    Args:
        windows: the windows; their signals and masks become read-only.

    Returns:
        The same windows, read-only, with D NaN.
    """
    return read_only(replace(windows, D=np.full_like(windows.D, np.nan)))


def unlabelled_recording(recording: Recording) -> Recording:
    """Copy a recording without its label.

    Args:
        recording: the recording.

    Returns:
        The same recording with D NaN.
    """
    return replace(recording, D=np.full_like(recording.D, np.nan))


def with_columns_of_recording(windows: WindowSet, recording: Recording, n_windows: int) -> WindowSet:
    """Copy the label, the names and a share of the weight of a recording to the windows cut from it.

    Args:
        windows: the W windows, as the component returned them.
        recording: the recording with its true label.
        n_windows: the number of all its windows, which share its weight.

    Returns:
        The windows with the recording's columns; their numbers and times are the component's.
    """
    n = len(windows)
    names: dict[str, Any] = {name: np.full(n, getattr(recording, name)) for name in RECORDING_COLUMNS}
    D, weight = np.tile(recording.D, (n, 1)), np.full(n, recording.weight / max(n_windows, 1))
    return replace(windows, D=D, weight=weight, **names)


def with_columns_of(made: WindowSet, windows: WindowSet) -> WindowSet:
    """Give windows that a component returned the columns that the engine kept.

    Args:
        made: what the component made of the windows, in their order.
        windows: the windows with their true columns.

    Returns:
        The signals of ``made`` with the columns of ``windows``.
    """
    return replace(made, **{name: getattr(windows, name) for name in WINDOW_COLUMNS})


def read_only_fold(fold: Fold) -> Fold:
    """Copy the indices of a fold, so that its protocol cannot change them afterwards.

    Args:
        fold: the fold as the protocol made it.

    Returns:
        The same fold with read-only arrays of its own.
    """
    sides = [np.array(side) for side in (fold.train, fold.validation, fold.test, fold.unrated)]
    for side in sides:
        side.flags.writeable = False
    train, validation, test, unrated = sides
    return Fold(train, validation, test, fold.label, unrated)
