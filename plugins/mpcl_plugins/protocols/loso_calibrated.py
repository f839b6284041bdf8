"""Leave one subject out, but train on its first trials: a wearer who answers a few questionnaires first."""

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
    """Hold out each subject once, except for its first trials, which are training windows.

    The first trials are those that the source yields first: times count within a trial and do not order trials, nor do
    their names (clips may be shown in any order). So these folds, unlike others, depend on the order in which a
    subject's trials appear. Validation is drawn from the other subjects' trials.

    Args:
        trials: how many trials of the test subject are training windows.
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
        """Yield one fold for each subject, labelled with its name.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no subject or no trial, there is only one subject, or a subject has no trial left
                to test.
        """
        require_column(windows, "subject", self.name)
        require_column(windows, "trial", self.name)
        keys = window_keys(windows)
        if len(keys.subjects) < 2:
            raise DataError(f"'{self.name}' needs at least 2 subjects, but the study has 1", field="subject")
        rng = np.random.default_rng(self.seed)
        for label, (subject, members) in zip(fold_labels(keys.subjects), keys.by_subject(), strict=True):
            first = self._first(keys, np.sort(members), subject)
            test = np.setdiff1d(members, first)
            yield draw_validation(keys, keys.others(test), test, label, rng, always_train=first)

    def _first(self, keys: WindowKeys, members: Int64[np.ndarray, "_"], subject: str) -> Int64[np.ndarray, "_"]:
        """Return the windows of the subject's first trials.

        Returns:
            Indices of windows.
        """
        trials, appears = np.unique(keys.trial[members], return_index=True)
        if len(trials) <= self.trials:
            raise DataError(
                f"subject '{subject}' has {len(trials)} trials, but {self.trials} to calibrate and 1 to test "
                f"are needed",
                field="trial",
            )
        first = trials[np.argsort(appears)][: self.trials]
        return members[np.isin(keys.trial[members], first)]
