"""Draw the validation windows of a fold: a fifth of the groups on the fitting side.

A group is what separates test from training windows, so that validation asks what the test asks: the subject, where
no subject is on both sides; else the trial, where no trial is; else the window. Where the fitting side has only one
such group, the next finer one is taken. A group whose windows all have weight 0 cannot validate, and is never drawn.
"""

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.interfaces.data import Fold
from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.toolkit.window_keys import WindowKeys

VALIDATION_SHARE = 0.2
"""The part of the fitting side's groups that is drawn for validation."""


def draw_validation(
    keys: WindowKeys,
    fitting: Int64[np.ndarray, "_"],
    test: Int64[np.ndarray, "_"],
    label: str,
    rng: np.random.Generator,
    always_train: Int64[np.ndarray, "_"] | None = None,
) -> Fold:
    """Return the fold whose validation windows are drawn from its fitting windows.

    Args:
        keys: the keys of the study's windows.
        fitting: indices of the windows to learn from, validation included.
        test: indices of the windows that are held out.
        label: the name of the fold.
        rng: draws the groups.
        always_train: fitting windows that are never drawn.

    Returns:
        The fold, each side sorted by index. Training and validation windows have a weight each.

    Raises:
        DataError: there are fewer than two windows with a weight to draw from.

    Example:
        >>> import numpy as np
        >>> subject = np.array([0, 0, 1, 2])
        >>> keys = WindowKeys(("a", "b", "c"), subject, np.arange(4), np.arange(4), np.ones(4, bool))
        >>> fold = draw_validation(keys, np.arange(2, 4), np.arange(2), "a", np.random.default_rng(0))
        >>> len(fold.train), len(fold.validation), fold.test.tolist()
        (1, 1, [0, 1])
    """
    free = fitting if always_train is None else np.setdiff1d(fitting, always_train)
    weighted = free[keys.has_weight[free]]
    group_of = _groups(keys, fitting, test, weighted, label)
    groups = np.unique(group_of[weighted])
    drawn = rng.permutation(groups)[: max(1, round(VALIDATION_SHARE * len(groups)))]
    validation = np.sort(free[np.isin(group_of[free], drawn)])
    return Fold(np.setdiff1d(fitting, validation), validation, np.sort(test), label)


def is_separated(group: Shaped[np.ndarray, "N"], one: Int64[np.ndarray, "_"], other: Int64[np.ndarray, "_"]) -> bool:
    """Return whether no group has windows on both sides of a split.

    Args:
        group: (N,) the group of each window of the study, as a name or a number.
        one: indices of the windows on one side.
        other: indices of the windows on the other side.

    Returns:
        True where the sides share no group.
    """
    distinct, number = number_names(group)
    is_of_one = np.zeros(len(distinct), bool)
    is_of_one[number[one]] = True
    return not is_of_one[number[other]].any()


def _groups(
    keys: WindowKeys,
    fitting: Int64[np.ndarray, "_"],
    test: Int64[np.ndarray, "_"],
    weighted: Int64[np.ndarray, "_"],
    label: str,
) -> Int64[np.ndarray, "N"]:
    for group in (keys.subject, keys.trial, keys.window):
        is_known = min(group[fitting].min(), group[test].min()) >= 0
        if is_known and is_separated(group, fitting, test) and len(np.unique(group[weighted])) > 1:
            return group
    raise DataError(
        f"fold '{label}' has {len(weighted)} windows with a weight for training and validation, but needs at least 2"
    )
