"""Number the subjects, trials and windows of a study, independently of the order in which the windows come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64, Shaped

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError

UNKNOWN = -1
"""The number of a subject or trial that a window does not name."""


@dataclass(frozen=True)
class WindowKeys:
    """Hold numbers for the subject, the trial and the place of each window of a study.

    A random draw among sorted numbers is a draw among subjects, trials or windows that does not depend on their order.

    Args:
        subjects: the distinct subjects in natural order (S2 before S10).
        subject: (N,) index into ``subjects``; -1 where the subject is unknown.
        trial: (N,) number of the (subject, trial), in natural order; -1 where the trial is unknown.
        window: (N,) place of the window when all are sorted by subject, session, trial, window and start; windows
            that are alike in all of these keep their order.
        has_weight: (N,) whether the weight of the window is above 0.
    """

    subjects: tuple[str, ...]
    subject: Int64[np.ndarray, "N"]
    trial: Int64[np.ndarray, "N"]
    window: Int64[np.ndarray, "N"]
    has_weight: Bool[np.ndarray, "N"]

    def in_order(self, windows: Int64[np.ndarray, "n"]) -> Int64[np.ndarray, "n"]:
        """Return these indices sorted by ``window``.

        Args:
            windows: (n,) indices of windows.

        Returns:
            (n,) the same indices.
        """
        return windows[np.argsort(self.window[windows])]

    def others(self, windows: Int64[np.ndarray, "_"]) -> Int64[np.ndarray, "_"]:
        """Return the indices of all windows but these.

        Args:
            windows: indices of windows.

        Returns:
            The remaining indices, ascending.
        """
        is_other = np.ones(len(self.window), dtype=bool)
        is_other[windows] = False
        return np.flatnonzero(is_other)

    def by_subject(self) -> Iterator[tuple[str, Int64[np.ndarray, "_"]]]:
        """Yield each subject with the indices of its windows, sorted by ``window``.

        Yields:
            The name and the indices; windows of an unknown subject come first, under ''.
        """
        names = {UNKNOWN: "", **dict(enumerate(self.subjects))}
        for number in np.unique(self.subject).tolist():
            yield names[number], self.in_order(np.flatnonzero(self.subject == number))


def window_keys(windows: WindowSet) -> WindowKeys:
    """Return the keys of the windows of a study.

    Args:
        windows: the N windows.

    Returns:
        The keys, (N,) each.

    Raises:
        DataError: there are no windows.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.interfaces.data import Modality, WindowSet
        >>> face = Modality("face", n_chans=1, n_times=1)
        >>> X, present, D = {"face": np.zeros((2, 1, 1), np.float32)}, {"face": np.ones(2, bool)}, np.eye(2)
        >>> windows = WindowSet((face,), X, present, D, ("joy", "fear"), subject=np.array(["S10", "S2"]))
        >>> window_keys(windows).subjects
        ('S2', 'S10')
    """
    if not len(windows):
        raise DataError("there are no windows to split")
    subjects, subject = _numbered(windows.subject)
    names, name = _numbered(windows.trial)
    _, session = _numbered(windows.session)
    order = np.lexsort((windows.t_start, windows.window, name, session, subject))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    trial = np.unique(subject * len(names) + name, return_inverse=True)[1]
    return WindowKeys(
        tuple(subject for subject in subjects if subject),
        np.where(windows.subject == "", UNKNOWN, subject - ("" in subjects)),
        np.where(windows.trial == "", UNKNOWN, trial),
        place,
        windows.weight > 0,
    )


def require_column(windows: WindowSet, column: str, component: str) -> None:
    """Raise an error unless every window has a value in a column.

    Args:
        windows: the windows.
        column: ``subject``, ``trial``, ``stimulus`` …
        component: the name of the component that needs it, for the error.

    Raises:
        DataError: a window has none.

    Example:
        >>> from mpcl_core.interfaces.data import Modality
        >>> X, present, D = {"face": np.zeros((2, 1, 1), np.float32)}, {"face": np.ones(2, bool)}, np.eye(2)
        >>> windows = WindowSet((Modality("face", 1, 1),), X, present, D, ("joy", "fear"))
        >>> require_column(windows, "trial", "trial_heldout")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: trial, row 0: 'trial_heldout' needs a trial in every window; ...
    """
    missing = getattr(windows, column) == ""
    if missing.any():
        raise DataError(
            f"'{component}' needs a {column} in every window; {missing.sum()} of {len(windows)} windows have none",
            field=column,
            row=int(np.argmax(missing)),
        )


def natural_order(name: str) -> tuple[list[str | int], str]:
    """Return a sort key by which S2 comes before S10.

    Args:
        name: any text.

    Returns:
        Text and numbers in turn, then the name itself, so that S02 and S2 differ.

    Example:
        >>> sorted(["S10", "S2"], key=natural_order)
        ['S2', 'S10']
    """
    return [int(part) if i % 2 else part for i, part in enumerate(re.split("([0-9]+)", name))], name


def _numbered(column: Shaped[np.ndarray, "N"]) -> tuple[list[str], Int64[np.ndarray, "N"]]:
    """Return the distinct values in natural order, and the index of each window's value among them.

    Returns:
        The values, and (N,) indices.
    """
    names, number = np.unique(column, return_inverse=True)
    order = sorted(range(len(names)), key=lambda i: natural_order(str(names[i])))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return [str(names[i]) for i in order], rank[number]
