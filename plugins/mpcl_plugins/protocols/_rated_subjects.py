"""Hide the ratings of all fitting subjects but a few, whose signals stay."""

from dataclasses import replace

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import DataError, Fold, WindowKeys, draw_validation

LEAST = 2
"""Rated subjects, at least: one to learn from and one to validate."""


def check_rated_subjects(rated_subjects: int | None) -> int | None:
    """Return the number of rated subjects after a check.

    Args:
        rated_subjects: how many; None for all.

    Returns:
        The number itself.

    Raises:
        ValueError: it is below 2.
    """
    if rated_subjects is not None and rated_subjects < LEAST:
        raise ValueError(f"rated_subjects is {rated_subjects}, but at least {LEAST} subjects must be rated")
    return rated_subjects


def draw_rated(
    keys: WindowKeys,
    test: Int64[np.ndarray, "_"],
    label: str,
    rng: np.random.Generator,
    rated_subjects: int | None,
) -> Fold:
    """Return a fold whose fitting side has the ratings of some subjects and the signals of all.

    Args:
        keys: the keys of the study's windows.
        test: indices of the windows that are held out.
        label: the name of the fold.
        rng: draws the rated subjects, then the validation windows among theirs.
        rated_subjects: how many subjects of the fitting side are rated; None for all.

    Returns:
        The fold.

    Raises:
        DataError: the fitting side has fewer subjects.
    """
    fitting = keys.others(test)
    if rated_subjects is None:
        return draw_validation(keys, fitting, test, label, rng)
    subjects = np.unique(keys.subject[fitting])
    if len(subjects) < rated_subjects:
        message = f"rated_subjects is {rated_subjects}, but fold '{label}' has {len(subjects)} subjects to learn from"
        raise DataError(message, field="subject")
    is_rated = np.isin(keys.subject[fitting], rng.permutation(subjects)[:rated_subjects])
    fold = draw_validation(keys, fitting[is_rated], test, label, rng)
    return replace(fold, unrated=fitting[~is_rated])
