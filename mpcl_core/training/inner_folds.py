"""The inner folds of a nested cross-validation: several validation sides for one number of epochs.

A fold's protocol draws a fifth of its fitting rows for validation, and of few people a fifth cannot tell how far to
train. With N inner folds the rest takes its turn too, so that every fitting row is validated once; never a test row.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.toolkit.validation_draw import is_separated

Numbers = Int64[np.ndarray, "_"]


class InnerSplit(NamedTuple):
    """Which of a fold's fitting rows a search learns from, and which validate it."""

    train: Numbers
    validation: Numbers


def inner_folds(windows: WindowSet, fold: InnerSplit, n: int, seed: Sequence[int]) -> list[InnerSplit]:
    """The fold's own split, and then the groups of its training rows in n - 1 parts, each validated by the others.

    A group is what the protocol kept apart: the subject, where none is on both sides of its split; else the trial; else
    the row. Where there are fewer groups than parts, each is a part.

    Args:
        windows: the fitting rows.
        fold: how the protocol split them.
        n: how many in all.
        seed: draws the parts.
    """
    rows = np.concatenate(fold)
    group = _unit(windows, fold)
    drawn = np.random.default_rng(seed).permutation(np.unique(group[fold.train]))
    parts = [part for part in np.array_split(drawn, n - 1) if len(part)] if n > 1 else []
    sides = [np.isin(group[rows], part) & ~np.isin(rows, fold.validation) for part in parts]
    return [fold, *(InnerSplit(rows[~side], rows[side]) for side in sides)]


def _unit(windows: WindowSet, fold: InnerSplit) -> Shaped[np.ndarray, "N"]:
    """The group of each row."""
    for names in (windows.subject, windows.trial):
        if is_separated(names, fold.validation, fold.train):
            return names
    return np.arange(len(windows))
