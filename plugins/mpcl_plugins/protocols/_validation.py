"""How every protocol draws the validation rows: a fifth of the groups on the training side.

A group is what separates test from training in these rows, so that validation asks what the test will ask:
the subject, if no subject is on both sides; else the trial, if no trial is; else the row. Where the training
side has only one such group, the next finer one is taken.
"""

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import DataError, Fold
from mpcl_plugins.protocols._window_keys import Keys

SHARE = 0.2
"""The part of the training side's groups that validates."""


def with_validation(
    keys: Keys,
    fitting: Int64[np.ndarray, "_"],
    test: Int64[np.ndarray, "_"],
    label: str,
    rng: np.random.Generator,
    always_train: Int64[np.ndarray, "_"] | None = None,
) -> Fold:
    """The fold with its validation rows drawn from the fitting rows.

    Args:
        keys: the study's rows.
        fitting: rows of the training side.
        test: rows that are held out.
        label: what the fold is called.
        rng: draws the groups.
        always_train: fitting rows that are not to be drawn.

    Raises:
        DataError: there are not two rows to draw from.
    """
    free = fitting if always_train is None else np.setdiff1d(fitting, always_train)
    group = _unit(keys, fitting, test, free, label)[free]
    groups = np.unique(group)
    drawn = rng.permutation(groups)[: max(1, round(SHARE * len(groups)))]
    validation = np.sort(free[np.isin(group, drawn)])
    return Fold(np.setdiff1d(fitting, validation), validation, np.sort(test), label)


def _unit(
    keys: Keys,
    fitting: Int64[np.ndarray, "_"],
    test: Int64[np.ndarray, "_"],
    free: Int64[np.ndarray, "_"],
    label: str,
) -> Int64[np.ndarray, "N"]:
    for unit in (keys.subject, keys.trial, keys.row):
        if _separates(unit[fitting], unit[test]) and len(np.unique(unit[free])) > 1:
            return unit
    raise DataError(f"fold '{label}' has {len(free)} rows to train on and to validate with, and needs 2")


def _separates(fitting: Int64[np.ndarray, "_"], test: Int64[np.ndarray, "_"]) -> bool:
    """Whether every row names its group and no group is on both sides."""
    return bool(min(fitting.min(), test.min()) >= 0 and not np.isin(fitting, test).any())
