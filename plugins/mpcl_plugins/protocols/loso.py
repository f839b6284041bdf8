"""Leave one subject out: how well a model predicts a person it was not trained on."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, require_column, window_keys
from mpcl_plugins.protocols._fold_labels import fold_labels


class LOSO(Protocol):
    """Hold out each subject once.

    Args:
        seed: draws the validation subjects.
    """

    name = "loso"

    def __init__(self, *, seed: Natural = 0) -> None:
        self.seed = seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield one fold for each subject, labelled with its name.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no subject, or there is only one subject.
        """
        require_column(windows, "subject", self.name)
        keys = window_keys(windows)
        if len(keys.subjects) < 2:
            raise DataError(f"'{self.name}' needs at least 2 subjects, but the study has 1", field="subject")
        rng = np.random.default_rng(self.seed)
        for label, (_, test) in zip(fold_labels(keys.subjects), keys.by_subject(), strict=True):
            yield draw_validation(keys, keys.others(test), test, label, rng)
