"""Whole trials shuffled into k folds, each the test side once: labels held out where subjects are not.

As `kfold`, but the unit is a trial, because its windows share one rating. The subject is known from its other trials,
so the numbers say nothing about a new one.
"""

from collections.abc import Iterator

from mpcl_core.plugin import Fold, Natural, Protocol, WindowSet, require_column, window_keys
from mpcl_plugins.protocols._parameters import Folds, check_folds
from mpcl_plugins.protocols._shuffled_folds import shuffled_folds


class TrialKFold(Protocol):
    """Split the shuffled trials of all subjects into folds of equal size (± 1 trial).

    Args:
        folds: the number of folds.
        seed: draws the folds and the validation trials.

    Raises:
        ValueError: fewer than 2 folds.
    """

    name = "trial_kfold"

    def __init__(self, *, folds: Folds = 5, seed: Natural = 0) -> None:
        self.folds, self.seed = check_folds(folds), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds ``fold-1`` to ``fold-k``.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no trial, or there are fewer trials than folds.
        """
        require_column(windows, "trial", self.name)
        keys = window_keys(windows)
        yield from shuffled_folds(keys, keys.trial, "trial", self.folds, self.seed)
