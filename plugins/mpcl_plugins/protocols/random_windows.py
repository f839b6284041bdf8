"""A random part of each subject's windows held out, one fold per subject, as much published code does.

Windows of one trial, which carry one label, are on both sides: a model may recognise the trial. The grade is
``leaky`` wherever the windows name their trials. Meant for reproducing such numbers, not for believing them.
"""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import DataError, Fold, Natural, Protocol, WindowSet, draw_validation, window_keys
from mpcl_plugins.protocols._fold_labels import fold_labels
from mpcl_plugins.protocols._parameters import Share, check_share


class RandomWindows(Protocol):
    """Shuffle and split each subject's windows; a fold holds the windows of one subject.

    Args:
        test: the part of a subject's windows that is held out (at least one window).
        seed: draws the test and the validation windows.

    Raises:
        ValueError: ``test`` is not between 0 and 1.
    """

    name = "random_windows"

    def __init__(self, *, test: Share = 0.2, seed: Natural = 0) -> None:
        self.test, self.seed = check_share(test), seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield one fold for each subject, labelled with its name.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a subject has too few windows.
        """
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        subjects = list(keys.by_subject())
        labels = fold_labels(subject for subject, _ in subjects)
        for label, (subject, members) in zip(labels, subjects, strict=True):
            held = max(1, round(self.test * len(members)))
            if len(members) - held < 2:
                raise DataError(
                    f"subject '{subject}' has {len(members)} windows, {held} of them to test; "
                    f"training and validation need 2 more"
                )
            shuffled = rng.permutation(members)
            yield draw_validation(keys, shuffled[held:], shuffled[:held], label, rng)
