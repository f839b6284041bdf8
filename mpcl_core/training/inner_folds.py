"""Draw the inner folds of a nested cross-validation: several validation sides that choose one number of epochs.

A protocol draws a fifth of a fold's fitting windows for validation, and with few people a fifth is too little to choose
the number of epochs. With N inner folds the remaining fitting windows are held out in turn too, so that every fitting
window is validated once; never a test window.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.toolkit.validation_draw import is_separated

Positions = Int64[np.ndarray, "_"]


class InnerSplit(NamedTuple):
    """Hold which of a fold's fitting windows a search learns from, and which validate it."""

    train: Positions
    validation: Positions


def inner_folds(windows: WindowSet, sides: InnerSplit, n: int, seed: Sequence[int]) -> list[InnerSplit]:
    """Draw inner folds: the fold's own split, then one for each of n - 1 parts of its training windows.

    The parts consist of whole groups: subjects, where no subject is on both sides of the fold's split; else trials;
    else windows. Where there are fewer groups than parts, each group is a part. Groups whose windows all have weight 0
    cannot validate, and are in no part.

    Args:
        windows: the fitting windows.
        sides: how the protocol split them.
        n: how many inner folds in all.
        seed: draws the parts.

    Returns:
        The splits, at most n.
    """
    if n == 1:
        return [sides]
    fitting = np.concatenate(sides)
    _, group = number_names(_separated_groups(windows, sides))
    weighted = sides.train[windows.weight[sides.train] > 0]
    drawn = np.random.default_rng(seed).permutation(np.unique(group[weighted]))
    parts = [part for part in np.array_split(drawn, n - 1) if len(part)]
    held_out = [np.isin(group[fitting], part) & ~np.isin(fitting, sides.validation) for part in parts]
    return [sides, *(InnerSplit(fitting[~side], fitting[side]) for side in held_out)]


def _separated_groups(windows: WindowSet, sides: InnerSplit) -> Shaped[np.ndarray, "N"]:
    """Find the coarsest groups that the fold's split keeps on one side.

    Returns:
        The group of each window.
    """
    for names in (windows.subject, windows.trial):
        if is_separated(names, sides.validation, sides.train):
            return names
    return np.arange(len(windows))
