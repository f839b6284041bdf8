"""Whole subjects held out, shuffled into k folds: the same grade as ``loso``, at the cost of k trainings."""

from collections.abc import Iterator

from mpcl_core.plugin import Count, Fold, Natural, Protocol, WindowSet, require_column, window_keys
from mpcl_plugins.protocols._parameters import Folds, check_folds
from mpcl_plugins.protocols._rated_subjects import check_rated_subjects
from mpcl_plugins.protocols._shuffled_folds import shuffled_folds


class SubjectKFold(Protocol):
    """Split shuffled subjects into folds of equal size (± 1 subject).

    Args:
        folds: the number of folds.
        seed: draws the folds, the rated subjects and the validation subjects.
        rated_subjects: how many subjects of each fitting side keep their ratings, drawn anew in each fold; the signals
            of the others may still be learnt (``unrated``). All by default.

    Raises:
        ValueError: fewer than 2 folds or rated subjects.
    """

    name = "subject_kfold"

    def __init__(self, *, folds: Folds = 5, seed: Natural = 0, rated_subjects: Count | None = None) -> None:
        self.folds, self.seed = check_folds(folds), seed
        self.rated_subjects = check_rated_subjects(rated_subjects)

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds ``fold-1`` to ``fold-k``.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no subject, or there are fewer subjects than folds or rated subjects.
        """
        require_column(windows, "subject", self.name)
        keys = window_keys(windows)
        yield from shuffled_folds(keys, keys.subject, "subject", self.folds, self.seed, self.rated_subjects)
