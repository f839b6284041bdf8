"""Check that the windows of a fold can be scored: that a side and each tested subject has a weight."""

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError


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
