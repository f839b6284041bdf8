"""Leave one subject out, but learn from its first trials: a wearer who answers a few questionnaires first."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import (
    Count,
    DataError,
    Fold,
    Natural,
    Protocol,
    WindowKeys,
    WindowSet,
    draw_validation,
    require_column,
    window_keys,
)
from mpcl_plugins.protocols._fold_labels import fold_labels


class LOSOCalibrated(Protocol):
    """Each subject is the test side once, without its first trials, which are training rows.

    First is what the source brings first: times run within a trial and do not order trials, nor do their
    names (clips may be shown in any order). So these folds, unlike others, depend on the order in which a
    subject's trials appear. Validation is drawn from the other subjects' trials.

    Args:
        trials: how many trials of the test subject are training rows.
        seed: draws the validation trials.

    Raises:
        ValueError: ``trials`` is below 1.
    """

    name = "loso_calibrated"

    def __init__(self, *, trials: Count = 1, seed: Natural = 0) -> None:
        if trials < 1:
            raise ValueError(f"trials is {trials}, but calibration needs at least 1")
        self.trials, self.seed = trials, seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """The folds, each under its test subject's name.

        Raises:
            DataError: a row names no subject or no trial, there is only one subject, or a subject has no
                trial left to test.
        """
        require_column(windows, "subject", self.name)
        require_column(windows, "trial", self.name)
        keys = window_keys(windows)
        if len(keys.subjects) < 2:
            raise DataError(f"'{self.name}' needs at least 2 subjects, but there is 1", field="subject")
        rng = np.random.default_rng(self.seed)
        for label, (subject, rows) in zip(fold_labels(keys.subjects), keys.by_subject(), strict=True):
            first = self._first(keys, np.sort(rows), subject)
            test = np.setdiff1d(rows, first)
            yield draw_validation(keys, keys.others(test), test, label, rng, always_train=first)

    def _first(self, keys: WindowKeys, rows: Int64[np.ndarray, "_"], subject: str) -> Int64[np.ndarray, "_"]:
        """The rows of the subject's first trials."""
        trials, appears = np.unique(keys.trial[rows], return_index=True)
        if len(trials) <= self.trials:
            raise DataError(
                f"subject '{subject}' has {len(trials)} trials, but {self.trials} to calibrate and 1 to test "
                f"are needed",
                field="trial",
            )
        first = trials[np.argsort(appears)][: self.trials]
        return rows[np.isin(keys.trial[rows], first)]
