"""Whole subjects held out, shuffled into k folds: the same grade as ``loso``, at the cost of k trainings."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, require_column, window_keys
from mpcl_plugins.protocols._parameters import Folds, check_folds


class SubjectKFold(Protocol):
    """Split shuffled subjects into folds of equal size (± 1 subject).

    Args:
        folds: the number of folds.
        seed: draws the folds and the validation subjects.

    Raises:
        ValueError: fewer than 2 folds.
    """

    name = "subject_kfold"

    def __init__(self, *, folds: Folds = 5, seed: Natural = 0) -> None:
        self.folds, self.seed = check_folds(folds), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds ``fold-1`` to ``fold-k``.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no subject, or there are fewer subjects than folds.
        """
        require_column(windows, "subject", self.name)
        keys = window_keys(windows)
        if len(keys.subjects) < self.folds:
            raise DataError(f"{len(keys.subjects)} subjects cannot make {self.folds} folds", field="subject")
        rng = np.random.default_rng(self.seed)
        shuffled = rng.permutation(len(keys.subjects))
        for number, tested in enumerate(np.array_split(shuffled, self.folds), 1):
            test = np.flatnonzero(np.isin(keys.subject, tested))
            yield draw_validation(keys, keys.others(test), test, f"fold-{number}", rng)
