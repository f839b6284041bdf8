"""The first part of each trial learned from and the rest tested, one fold per subject.

The windows of a trial share one label, which is thus known before the test: a model may recognise the trial, and the
windows at the cut may even overlap. The grade is ``leaky``. Meant for reproducing published numbers of this kind.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int64

from mpcl_core.plugin import (
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
from mpcl_plugins.protocols._parameters import Share, check_share


class WithinTrial(Protocol):
    """Hold out the last windows of each trial of a subject; a fold holds the windows of one subject.

    Of a trial with two or more windows, at least one is tested and one learned from. A trial of a single window is
    learned from.

    Args:
        test: the part of a trial's windows, its last ones, that is held out.
        seed: draws the validation windows.

    Raises:
        ValueError: ``test`` is not between 0 and 1.
    """

    name = "within_trial"

    def __init__(self, *, test: Share = 0.2, seed: Natural = 0) -> None:
        self.test, self.seed = check_share(test), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield one fold for each subject, labelled with its name.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no trial, or no trial of a subject has two windows.
        """
        require_column(windows, "trial", self.name)
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        subjects = list(keys.by_subject())
        labels = fold_labels(subject for subject, _ in subjects)
        for label, (subject, members) in zip(labels, subjects, strict=True):
            late = self._late(keys, members)
            if not late.any():
                raise DataError(f"no trial of subject '{subject}' has 2 windows, one of them to test", field="trial")
            yield draw_validation(keys, members[~late], members[late], label, rng)

    def _late(self, keys: WindowKeys, members: Int64[np.ndarray, "R"]) -> Bool[np.ndarray, "R"]:
        """Return which of a subject's windows, in their order, are the last of their trials.

        Returns:
            (R,) True for windows to test.
        """
        late = np.zeros(len(members), dtype=bool)
        for trial in np.unique(keys.trial[members]):
            mine = np.flatnonzero(keys.trial[members] == trial)
            held = min(max(1, round(self.test * len(mine))), len(mine) - 1)
            late[mine[len(mine) - held :]] = True
        return late
