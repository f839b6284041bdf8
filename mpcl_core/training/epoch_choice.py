"""Choose the number of epochs of a network from its validation KL after each epoch: the rules of ``train.choose``."""

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.interfaces.data import WindowSet


def lowest_epoch(curve: Float64[np.ndarray, "e N"], weight: Float64[np.ndarray, "N"]) -> int:
    """Return the first epoch with the lowest weighted mean KL.

    Args:
        curve: KL of each validation window after each epoch; the first line is the untrained network.
        weight: of the windows.

    Returns:
        The number of epochs, from 0.
    """
    return int(np.argmin(curve @ weight))


def one_standard_error_epoch(
    curve: Float64[np.ndarray, "e N"], weight: Float64[np.ndarray, "N"], group: Int64[np.ndarray, "N"]
) -> int:
    """Return the fewest epochs whose KL is at most one standard error above the lowest.

    The standard error is that of the difference.
    The rule of Breiman et al. (Classification and Regression Trees, 1984), with the difference paired by group, since
    people differ far more than epochs do. It departs from the prior only as far as the validation windows support.

    Args:
        curve: as for `lowest_epoch`.
        weight: as for `lowest_epoch`.
        group: numbers from 0; windows of one group are not independent of each other.

    Returns:
        The number of epochs, from 0; at most `lowest_epoch`.
    """
    best = lowest_epoch(curve, weight)
    total = np.bincount(group, weight)
    share = total / total.sum()
    for epoch in range(best):
        difference = np.bincount(group, (curve[epoch] - curve[best]) * weight) / total
        mean = share @ difference
        error = np.sqrt((share**2) @ (difference - mean) ** 2 * len(total) / max(len(total) - 1, 1))
        if mean <= error:
            return epoch
    return best


def independent_groups(windows: WindowSet) -> Int64[np.ndarray, "N"]:
    """Return the group of each window: groups are independent of each other, windows of one group are not.

    Args:
        windows: the validation windows.

    Returns:
        Numbers from 0: the subjects; where there is only one subject, its trials; where both are unknown, each window.
    """
    for column in (windows.subject, windows.trial):
        names, number = np.unique(column, return_inverse=True)
        if len(names) > 1:
            return number.astype(np.int64)
    return np.arange(len(windows), dtype=np.int64)
