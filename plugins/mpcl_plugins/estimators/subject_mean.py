"""D_pred = (n_s D̄_s + κ D̄) / (n_s + κ): the mean of the subject's n_s fitting trials, shrunken towards the mean of all.

The empirical Bayes estimate of a random effect (Robinson, Statistical Science 6, 1991): κ = σ² / τ² is the variance
of a trial around its subject's mean over the variance of the subjects' own means. Both are estimated from the fitting
trials by the analysis of variance, unless κ is given. The least that a calibrated model must beat.
"""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.plugin import Estimator, NonNegative, WindowSet


@dataclass(frozen=True)
class _Trials:
    """Hold one row a trial.

    Args:
        D: (T, k) the mean distribution of each trial.
        subject: (T,) the index of its subject in ``names``.
        names: (S,) the subjects.
    """

    D: Float64[np.ndarray, "T k"]
    subject: Int64[np.ndarray, "T"]
    names: Shaped[np.ndarray, "S"]


class SubjectMean(Estimator):
    """Predict the shrunken mean of the window's subject.

    Where the subject has no fitting window, the mean of all is predicted. Trials count alike within a subject, however
    many windows they have.

    Args:
        shrinkage: κ, the number of trials for which the mean of all counts; estimated by default.

    Raises:
        ValueError: ``shrinkage`` is negative or not finite.
    """

    name = "subject_mean"

    def __init__(self, *, shrinkage: NonNegative | None = None) -> None:
        if shrinkage is not None and not (isfinite(shrinkage) and shrinkage >= 0):
            raise ValueError(f"shrinkage is {shrinkage}, but must be a number from 0 on")
        self.shrinkage = shrinkage

    def fit(self, windows: WindowSet) -> "SubjectMean":
        """Learn the mean of all and of each subject.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self._all = np.average(windows.D, axis=0, weights=windows.weight)
        trials = _trials(windows)
        count = np.bincount(trials.subject)
        means = _by_subject(trials)
        kappa = _ratio(trials, means, count) if self.shrinkage is None else self.shrinkage
        self._share = dict(zip(trials.names.tolist(), count / (count + kappa), strict=True))
        self._mean = dict(zip(trials.names.tolist(), means, strict=True))
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the shrunken mean of each window's subject.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return np.array([self._of(subject) for subject in windows.subject.tolist()])

    def _of(self, subject: str) -> Float64[np.ndarray, "k"]:
        if not subject or subject not in self._mean:
            return self._all
        share = self._share[subject]
        shrunken: np.ndarray = share * self._mean[subject] + (1 - share) * self._all
        return shrunken


def _trials(windows: WindowSet) -> _Trials:
    names, subject = np.unique(windows.subject, return_inverse=True)
    trials, trial = np.unique(windows.trial, return_inverse=True)
    pairs, group = np.unique(subject * len(trials) + trial, return_inverse=True)
    D = np.stack([np.bincount(group, column) for column in windows.D.T], axis=1)
    return _Trials(D / np.bincount(group)[:, None], pairs // len(trials), names)


def _by_subject(trials: _Trials) -> Float64[np.ndarray, "S k"]:
    sums = np.stack([np.bincount(trials.subject, column) for column in trials.D.T], axis=1)
    return sums / np.bincount(trials.subject)[:, None]


def _ratio(trials: _Trials, means: Float64[np.ndarray, "S k"], count: Int64[np.ndarray, "S"]) -> float:
    """Return κ = σ² / τ², summed over the emotions.

    Returns:
        A number of trials; infinite (the mean of all is predicted) where subjects do not differ.
    """
    n, s = len(trials.D), len(means)
    if s < 2 or n == s:
        return inf
    within = np.square(trials.D - means[trials.subject]).sum() / (n - s)
    grand = trials.D.mean(0)
    between = (count * np.square(means - grand).sum(1)).sum() / (s - 1)
    size = (n - np.square(count).sum() / n) / (s - 1)
    return float(within * size / (between - within)) if between > within else inf
