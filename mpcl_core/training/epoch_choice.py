"""How many epochs a network is trained, from the validation KL of each: the rules of ``train.choose``."""

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.interfaces.data import WindowSet


def lowest(curve: Float64[np.ndarray, "e N"], weight: Float64[np.ndarray, "N"]) -> int:
    """The first epoch with the lowest mean over the rows.

    Args:
        curve: KL of each validation row after each epoch, the start first.
        weight: of the rows.
    """
    return int(np.argmin(curve @ weight))


def one_standard_error(
    curve: Float64[np.ndarray, "e N"], weight: Float64[np.ndarray, "N"], group: Int64[np.ndarray, "N"]
) -> int:
    """The fewest epochs whose KL lies above the lowest by no more than one standard error of that difference.

    The rule of Breiman et al. (Classification and Regression Trees, 1984), with the difference paired by group, since
    people differ far more than epochs do. It moves from the prior as far as the validation rows can vouch for.

    Args:
        curve, weight: as `lowest`.
        group: which rows are no independent witnesses, as numbers from 0.
    """
    best = lowest(curve, weight)
    total = np.bincount(group, weight)
    share = total / total.sum()
    for epoch in range(best):
        difference = np.bincount(group, (curve[epoch] - curve[best]) * weight) / total
        mean = share @ difference
        error = np.sqrt((share**2) @ (difference - mean) ** 2 * len(total) / max(len(total) - 1, 1))
        if mean <= error:
            return epoch
    return best


def witnesses(windows: WindowSet) -> Int64[np.ndarray, "N"]:
    """The rows' groups: their subjects; where there is one only, its trials; where they are unknown, each row."""
    for column in (windows.subject, windows.trial):
        names, number = np.unique(column, return_inverse=True)
        if len(names) > 1:
            return number.astype(np.int64)
    return np.arange(len(windows), dtype=np.int64)
