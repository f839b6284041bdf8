"""Windows shuffled into k folds, each the test side once.

For feature tables whose windows name no trial. Where they do, windows of one trial are on both sides, and the grade
is ``leaky``.
"""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, window_keys
from mpcl_plugins.protocols._parameters import Folds, check_folds


class KFold(Protocol):
    """Split shuffled windows into folds of equal size (± 1).

    Args:
        folds: the number of folds.
        seed: draws the folds and the validation windows.

    Raises:
        ValueError: fewer than 2 folds.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Modality, WindowSet
        >>> X, present = {"face": np.zeros((10, 1, 1), np.float32)}, {"face": np.ones(10, bool)}
        >>> windows = WindowSet((Modality("face", 1, 1),), X, present, np.full((10, 2), 0.5), ("joy", "fear"))
        >>> [len(fold.test) for fold in KFold(folds=5).split(windows)]
        [2, 2, 2, 2, 2]
    """

    name = "kfold"

    def __init__(self, *, folds: Folds = 5, seed: Natural = 0) -> None:
        self.folds, self.seed = check_folds(folds), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds ``fold-1`` to ``fold-k``.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: there are fewer windows than folds, or too few for validation.
        """
        if len(windows) < self.folds:
            raise DataError(f"{len(windows)} windows cannot make {self.folds} folds")
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        shuffled = rng.permutation(np.argsort(keys.window))
        for number, test in enumerate(np.array_split(shuffled, self.folds), 1):
            yield draw_validation(keys, keys.others(test), test, f"fold-{number}", rng)
