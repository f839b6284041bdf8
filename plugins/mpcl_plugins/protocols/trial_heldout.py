"""Whole trials of each subject held out, one fold per subject: the subject-dependent setting without a leak.

The trials are drawn by condition, so that the test side is as mixed as the training side.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, require_column, window_keys
from mpcl_plugins.protocols._fold_labels import fold_labels
from mpcl_plugins.protocols._parameters import Share, check_share


class TrialHeldout(Protocol):
    """Hold out a part of each subject's trials, drawn by condition.

    A fold holds the windows of one subject. Of each condition with two or more trials, at least one trial is tested and
    one learned from. Conditions of a single trial are pooled before the draw.

    Args:
        test: the part of the trials of a condition that is held out.
        seed: draws the test and the validation trials.

    Raises:
        ValueError: ``test`` is not between 0 and 1.
    """

    name = "trial_heldout"

    def __init__(self, *, test: Share = 0.2, seed: Natural = 0) -> None:
        self.test, self.seed = check_share(test), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield one fold for each subject, labelled with its name.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no trial, or a subject has a single trial.
        """
        require_column(windows, "trial", self.name)
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        subjects = list(keys.by_subject())
        labels = fold_labels(subject for subject, _ in subjects)
        for label, (subject, members) in zip(labels, subjects, strict=True):
            trials, first = np.unique(keys.trial[members], return_index=True)
            if len(trials) < 2:
                raise DataError(f"subject '{subject}' has 1 trial; one to test and one to learn from are needed")
            held = np.isin(keys.trial[members], self._drawn(trials, windows.condition[members[first]], rng))
            yield draw_validation(keys, members[~held], members[held], label, rng)

    def _drawn(
        self, trials: Int64[np.ndarray, "n"], condition: Shaped[np.ndarray, "n"], rng: np.random.Generator
    ) -> Int64[np.ndarray, "_"]:
        _, stratum, size = np.unique(condition, return_inverse=True, return_counts=True)
        stratum = np.where(size[stratum] == 1, -1, stratum)
        drawn = []
        for number in np.unique(stratum):
            among = rng.permutation(trials[stratum == number])
            drawn.append(among[: min(max(1, round(self.test * len(among))), len(among) - 1)])
        return np.concatenate(drawn)
