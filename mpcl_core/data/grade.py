"""What a fold's numbers may claim, computed from its rows alone.

The two sides of a fold are its fitting rows (training and validation) and its test rows. Whatever they share,
a model may recognise instead of the emotion; the grade says what that is.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError

GRADE_MEANINGS = {
    "leaky": ("windows of the same trial are on both sides: the trial, not the emotion, can be recognised"),
    "row-held-out": (
        "rows of the same subject are on both sides and their trials are unknown: nothing shows that a trial"
        " was not seen before"
    ),
    "trial-held-out": (
        "whole trials are held out, but the subjects are known from their other trials: nothing is said about"
        " a new subject"
    ),
    "subject-calibrated": (
        "the tested subject is new except for some whole trials of its own, rated for calibration, among the"
        " training rows of others"
    ),
    "subject-independent": (
        "no tested subject is among the training rows; what the subjects were shown may be the same"
    ),
    "subject-independent+stimulus": ("no tested subject and no tested stimulus is among the training rows"),
}
"""Grade -> what it says, in plain words; from the weakest claim to the strongest."""

GRADES = tuple(GRADE_MEANINGS)
"""The grades, from the weakest claim to the strongest."""


def grade_fold(windows: WindowSet, fold: Fold) -> str:
    """What the fold may claim: one of ``GRADES``.

    - ``leaky``: a row, or a known trial of a subject, is on both sides.
    - ``row-held-out``: a subject is on both sides, and some of its rows name no trial.
    - ``subject-calibrated``: the test rows are all of one subject, whole trials of which are among the
      fitting rows beside those of other subjects.
    - ``trial-held-out``: a subject is on both sides, its trials are not.
    - ``subject-independent``: no subject is on both sides. ``+stimulus`` is added where every row names its
      stimulus and none is on both sides; to no other grade, since where the subject is known already, a new
      stimulus does not make the claim one about people.

    A row of unknown subject may be anybody's: it counts as one that all subjects of the other side share.

    Raises:
        DataError: a side of the fold has no rows.
    """
    fitting = np.concatenate([fold.train, fold.validation])
    for name, rows in (("fitting", fitting), ("test", fold.test)):
        if not len(rows):
            raise DataError(f"fold '{fold.label}' has no {name} rows")
    if np.isin(fold.test, fitting).any():
        return "leaky"
    fitted, tested = (_distinct(windows, rows, "subject", "trial") for rows in (fitting, fold.test))
    if any(trial for _, trial in fitted & tested):
        return "leaky"
    subjects, new = ({subject for subject, _ in side} for side in (fitted, tested))
    shared = subjects | new if "" in subjects | new else subjects & new
    if not shared:
        new_stimuli = _new_stimuli(windows, fitting, fold.test)
        return "subject-independent+stimulus" if new_stimuli else "subject-independent"
    if any(subject in shared and not trial for subject, trial in fitted | tested):
        return "row-held-out"
    one_among_others = len(new) == 1 and "" not in new and bool(subjects - new - {""})
    return "subject-calibrated" if one_among_others else "trial-held-out"


def weakest_grade(grades: Iterable[str]) -> str:
    """The grade that claims least: what may be said of several folds together.

    Raises:
        ValueError: there are none, or one is no grade.
    """
    return GRADES[min(map(GRADES.index, grades))]


def _new_stimuli(windows: WindowSet, fitting: Int64[np.ndarray, "_"], test: Int64[np.ndarray, "_"]) -> bool:
    fitted, tested = (_distinct(windows, rows, "stimulus") for rows in (fitting, test))
    return ("",) not in fitted | tested and not fitted & tested


def _distinct(windows: WindowSet, rows: Int64[np.ndarray, "_"], *columns: str) -> set[tuple[str, ...]]:
    """The distinct values of these columns. Neighbours are mostly alike, so only changes are looked at."""
    values = [getattr(windows, column)[rows] for column in columns]
    changes = np.logical_or.reduce([column[1:] != column[:-1] for column in values])
    first = np.flatnonzero(np.concatenate([[True], changes]))
    return set(zip(*(column[first].tolist() for column in values), strict=True))
