"""Rows shuffled into k folds, each the test side once.

For feature tables whose rows name no trial. Where they do, windows of one trial end on both sides, and the
grade says so.
"""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, window_keys
from mpcl_plugins.protocols._parameters import Folds, check_folds


class KFold(Protocol):
    """Rows shuffled into folds of equal size (± 1).

    Args:
        folds: how many.
        seed: draws the folds and the validation rows.

    Raises:
        ValueError: fewer than 2 folds.
    """

    name = "kfold"

    def __init__(self, *, folds: Folds = 5, seed: Natural = 0) -> None:
        self.folds, self.seed = check_folds(folds), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """The folds, ``fold-1`` to ``fold-k``.

        Raises:
            DataError: there are fewer rows than folds, or too few to validate with.
        """
        if len(windows) < self.folds:
            raise DataError(f"{len(windows)} rows cannot make {self.folds} folds")
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        shuffled = rng.permutation(np.argsort(keys.window))
        for number, test in enumerate(np.array_split(shuffled, self.folds), 1):
            yield draw_validation(keys, keys.others(test), test, f"fold-{number}", rng)
