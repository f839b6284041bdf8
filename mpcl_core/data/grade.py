"""Grade folds by what their numbers may claim, computed from their windows alone.

The two sides of a fold are its fitting windows (training and validation) and its test windows. A model may recognise
whatever they share instead of the emotion; the grade names what they share.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import Fold, RecordingOverlap, WindowSet
from mpcl_core.interfaces.errors import DataError

GRADE_MEANINGS = {
    "leaky": (
        "windows of the same trial, or of trials that share time, are on both sides, so the trial can be recognised"
        " instead of the emotion"
    ),
    "row-held-out": (
        "windows of the same subject are on both sides and their trials are unknown, so a tested trial may have been"
        " seen in training"
    ),
    "trial-held-out": (
        "whole trials are held out, but the subjects are known from their other trials, so the numbers do not apply to"
        " a new subject"
    ),
    "subject-calibrated": (
        "the tested subject is new except for some whole trials of its own, rated for calibration, among the"
        " training windows of others"
    ),
    "subject-independent": (
        "no tested subject is among the training windows; the subjects may have been shown the same stimuli"
    ),
    "subject-independent+stimulus": "no tested subject and no tested stimulus is among the training windows",
}
"""Grade -> its meaning in one sentence, from the weakest claim to the strongest."""

GRADES = tuple(GRADE_MEANINGS)
"""The grades, from the weakest claim to the strongest."""


def grade_fold(windows: WindowSet, fold: Fold, overlaps: Iterable[RecordingOverlap] = ()) -> str:
    """Compute what a fold's numbers may claim.

    - ``leaky``: a window or a known trial of a subject is on both sides, or two trials that share time are on one each.
    - ``row-held-out``: a subject is on both sides, and some of its windows name no trial.
    - ``subject-calibrated``: the test windows are all of one subject, whole trials of which are among the
      fitting windows beside those of other subjects.
    - ``trial-held-out``: a subject is on both sides, its trials are not.
    - ``subject-independent``: no subject is on both sides. ``+stimulus`` is added where every window names its
      stimulus and none is on both sides; to no other grade, since where the subject is known already, a new
      stimulus does not make the claim one about people.

    A window of unknown subject may belong to anybody: it counts as shared with all subjects of the other side.

    Args:
        windows: the study's windows.
        fold: one of its folds.
        overlaps: the pairs of its recordings that share time.

    Returns:
        One of ``GRADES``.

    Raises:
        DataError: a side of the fold has no windows.
    """
    fitting = np.concatenate([fold.train, fold.validation])
    for name, indices in (("fitting", fitting), ("test", fold.test)):
        if not len(indices):
            raise DataError(f"fold '{fold.label}' has no {name} windows")
    if np.isin(fold.test, fitting).any():
        return "leaky"
    fitted, tested = (_distinct(windows, indices, "subject", "trial") for indices in (fitting, fold.test))
    if any(trial for _, trial in fitted & tested) or _has_overlap(fitted, tested, overlaps):
        return "leaky"
    fitted_subjects, tested_subjects = ({subject for subject, _ in side} for side in (fitted, tested))
    everybody = fitted_subjects | tested_subjects
    shared = everybody if "" in everybody else fitted_subjects & tested_subjects
    if not shared:
        is_new = _has_new_stimuli(windows, fitting, fold.test)
        return "subject-independent+stimulus" if is_new else "subject-independent"
    if any(subject in shared and not trial for subject, trial in fitted | tested):
        return "row-held-out"
    is_one_subject = len(tested_subjects) == 1 and "" not in tested_subjects
    is_calibrated = is_one_subject and bool(fitted_subjects - tested_subjects - {""})
    return "subject-calibrated" if is_calibrated else "trial-held-out"


def weakest_grade(grades: Iterable[str]) -> str:
    """Return the grade that claims least, which is what several folds may claim as a whole.

    Args:
        grades: grades of folds.

    Returns:
        The weakest of them.

    Raises:
        ValueError: there are none, or one is no grade.
    """
    return GRADES[min(map(GRADES.index, grades))]


def _has_overlap(
    fitted: set[tuple[str, ...]], tested: set[tuple[str, ...]], overlaps: Iterable[RecordingOverlap]
) -> bool:
    pairs = [(overlap.first, overlap.second) for overlap in overlaps]
    return any((a in fitted and b in tested) or (b in fitted and a in tested) for a, b in pairs)


def _has_new_stimuli(windows: WindowSet, fitting: Int64[np.ndarray, "_"], test: Int64[np.ndarray, "_"]) -> bool:
    fitted, tested = (_distinct(windows, indices, "stimulus") for indices in (fitting, test))
    return ("",) not in fitted | tested and not fitted & tested


def _distinct(windows: WindowSet, indices: Int64[np.ndarray, "_"], *columns: str) -> set[tuple[str, ...]]:
    """Return the distinct values of some columns.

    Neighbouring windows mostly have the same values, so only changes are compared, which is faster.

    Args:
        windows: the study's windows.
        indices: which of them.
        columns: names of columns.

    Returns:
        The distinct tuples of values.
    """
    values = [getattr(windows, column)[indices] for column in columns]
    changes = np.logical_or.reduce([column[1:] != column[:-1] for column in values])
    first = np.flatnonzero(np.concatenate([[True], changes]))
    return set(zip(*(column[first].tolist() for column in values), strict=True))
