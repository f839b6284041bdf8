"""Check that the windows of a fold can be scored, and that its unrated windows are on no other side."""

import numpy as np

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError


def check_unrated(fold: Fold) -> None:
    """Refuse a fold whose unrated windows are on another side too, where their ratings are not hidden.

    Args:
        fold: the fold.

    Raises:
        DataError: a window is unrated and on another side.
    """
    rated = np.concatenate([fold.train, fold.validation, fold.test])
    if n := int(np.isin(fold.unrated, rated).sum()):
        raise DataError(f"{n} windows of fold '{fold.label}' are unrated and on another side too")


def check_fold_weights(windows: WindowSet, fold: Fold) -> None:
    """Refuse a fold in which weights of 0 leave nothing to compute a mean over.

    Args:
        windows: the windows of the study.
        fold: one of its folds.

    Raises:
        DataError: all training or validation windows, or all test windows of a subject, have weight 0.
    """
    weighted = windows.weight > 0
    subject = windows.subject[fold.test]
    without = sorted(set(subject) - set(subject[weighted[fold.test]]))
    if without:
        owner = f"subject '{without[0]}'" if without[0] else "the unknown subject"
        side = "test windows" if windows.weight[windows.subject == without[0]].any() else "windows"
        raise DataError(
            f"all {side} of {owner} have weight 0, so fold '{fold.label}' cannot be scored. "
            "Leave the subject out of the data, or give its windows a weight",
            field="weight",
        )
    for side, members in (("training", fold.train), ("validation", fold.validation)):
        if len(members) and not weighted[members].any():
            raise DataError(f"all {side} windows of fold '{fold.label}' have weight 0", field="weight")
