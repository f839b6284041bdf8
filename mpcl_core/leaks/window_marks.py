"""Mark windows by their weights, so that the audit recognises them wherever a component receives them.

A component receives windows through transforms and batches that reorder, drop and convert them, and an index does not
survive that. A weight does: the engine passes it along with every window. Window i of an audit has the weight
1 + i · 2⁻¹⁶, which is exact in float32 and so close to 1 that it hardly changes a weighted mean.
See ``docs/concepts/unusual.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int64

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.leaks.window_groups import Indices, take_evenly

MARK_STEP = 2.0**-16
"""The difference between the weights of two neighbouring marks."""


@dataclass(frozen=True)
class MarkedWindows:
    """Select windows of a study and mark each by its weight.

    Args:
        windows: the study's windows.
        indices: those that are used, sorted; the i-th of them has mark i.
    """

    windows: WindowSet
    indices: Int64[np.ndarray, "R"]

    def select_fold(self, fold: Fold) -> tuple[WindowSet, Fold]:
        """Select the used windows of a fold.

        Args:
            fold: a fold of the study.

        Returns:
            Its training, validation and test windows one after the other, with marks, and the fold in their indices.
        """
        sides = [side[np.isin(side, self.indices)] for side in (fold.train, fold.validation, fold.test)]
        order = np.concatenate(sides)
        weight = 1.0 + np.searchsorted(self.indices, order) * MARK_STEP
        train, validation, test = np.split(np.arange(len(order)), np.cumsum([len(side) for side in sides])[:2])
        return replace(self.windows.take(order), weight=weight), Fold(train, validation, test, fold.label)

    def find_indices(self, marks: Indices) -> Indices:
        """Return the indices in the study of the windows that have these marks.

        Args:
            marks: marks as `read_marks` returns them; -1 and marks that no window has are left out.

        Returns:
            The indices, sorted, each once.
        """
        valid = marks[(marks >= 0) & (marks < len(self.indices))]
        indices: Indices = self.indices[np.unique(valid)]
        return indices


def mark_windows(windows: WindowSet, folds: Sequence[Fold], at_most: int) -> MarkedWindows:
    """Select about ``at_most`` windows of some folds, evenly spaced.

    Args:
        windows: the study's windows.
        folds: the folds that are examined.
        at_most: how many windows of all folds together; each side of each fold adds up to a tenth as many, so that
            none is empty.

    Returns:
        The selected windows.
    """
    sides = [np.sort(side) for fold in folds for side in (fold.train, fold.validation, fold.test)]
    everything = take_evenly(np.unique(np.concatenate(sides)), at_most)
    return MarkedWindows(
        windows, np.unique(np.concatenate([everything, *(take_evenly(side, at_most // 10) for side in sides)]))
    )


def read_marks(weight: Float[np.ndarray, "R"]) -> Indices:
    """Read the marks from weights.

    Args:
        weight: weights of windows (R). Weight 0 is padding and is left out.

    Returns:
        The marks; -1 for a weight that is no mark.
    """
    place = (weight[weight != 0].astype(np.float64) - 1.0) / MARK_STEP
    nearest = np.rint(place)
    is_mark: Bool[np.ndarray, _] = (np.abs(place - nearest) < 1e-3) & (nearest >= 0) & (nearest < 1 / MARK_STEP)
    return np.where(is_mark, nearest, -1).astype(np.int64)
