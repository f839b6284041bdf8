"""Leave one subject out: how well a model predicts a person it was not trained on."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import Count, DataError, Fold, Natural, Protocol, WindowSet, require_column, window_keys
from mpcl_plugins.protocols._fold_labels import fold_labels
from mpcl_plugins.protocols._rated_subjects import check_rated_subjects, draw_rated


class LOSO(Protocol):
    """Hold out each subject once.

    Args:
        seed: draws the rated subjects and the validation subjects.
        rated_subjects: how many of the other subjects keep their ratings, drawn anew in each fold; the signals of the
            rest may still be learnt (``unrated``). All by default.

    Raises:
        ValueError: fewer than 2 rated subjects.
    """

    name = "loso"

    def __init__(self, *, seed: Natural = 0, rated_subjects: Count | None = None) -> None:
        self.seed, self.rated_subjects = seed, check_rated_subjects(rated_subjects)

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
            yield draw_rated(keys, test, label, rng, self.rated_subjects)
