"""Divide the windows of a study among the uses of one job: to learn from, to observe, to predict."""

from dataclasses import replace
from functools import cached_property

import numpy as np
import torch

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.data.selection import select_windows
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.windows.study_windows import StudyWindows, study_windows


class JobWindows:
    """Hold the windows of one job.

    Args:
        windows: the windows of the study.
        fold: which of them fit and which test.
        device: where a network is trained.
        uses_signals: whether the model reads signals; where not, no window has any.
        shares_fits: whether the jobs of the study share statistics of people.
    """

    def __init__(
        self, windows: WindowSet, fold: Fold, device: torch.device, uses_signals: bool, shares_fits: bool
    ) -> None:
        self.modalities = windows.modalities
        """The modalities of the study, also where the model reads none."""
        if not uses_signals:
            windows = replace(windows, modalities=(), X={}, present={})
        self._windows, self._tested = windows, fold.test
        self._truth = replace(windows, X={}, present={}).take(fold.test)  # handed to no component
        self.unrated = without_labels(windows.take(fold.unrated))
        """Windows without labels, which components may observe."""
        study = study_windows(windows, device) if shares_fits else StudyWindows(windows, device, shares=False)
        self.fitting = study.part(np.concatenate([fold.train, fold.validation]))
        """The windows to learn from, those of training first."""
        self.sides = InnerSplit(*np.split(np.arange(len(self.fitting)), [len(fold.train)]))
        """The positions of the training and of the validation windows among them."""

    @cached_property
    def test(self) -> WindowSet:
        """Return the test windows with their labels; ask after the training, since their signals take memory."""
        select = select_windows(self._tested)
        X, present = (
            {name: select(each) for name, each in of.items()} for of in (self._windows.X, self._windows.present)
        )
        return replace(self._truth, X=X, present=present)
