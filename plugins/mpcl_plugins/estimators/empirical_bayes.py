"""D_pred = softmax(log D̄ + û_s),  û_s = T (T + S/n_s)⁻¹ (ȳ_s − ȳ): a subject's own log-ratios, shrunken by covariances.

    y = clr(D) = m + u_s + ε,  u_s ~ N(0, T),  ε ~ N(0, S)       over the fitting trials of all subjects

The empirical Bayes estimate of a vector of random effects (Robinson, Statistical Science 6, 1991). T (k × k) is the
covariance of subjects' own means and S that of a subject's trials; both are estimated by the analysis of variance, and
directions in which T is not positive are 0. `subject_mean` shrinks every emotion by one number; here a direction in
which people differ much and trials little is trusted more, and a rating of one emotion says something about the others.

First ratings may differ from later ones for everybody, and the last known rating may tell more than the first. With
``centre: first``, m is one vector for the first trials of every subject and another for the later ones, which are what
is predicted. With the recency r, ȳ_s is Σ_j r^j y_sj / Σ_j r^j over the first trials (later ones count like the last of
these), and n_s the number of equally weighted trials of the same variance, (Σ_j r^j)² / Σ_j r^2j.

With few subjects a covariance is uncertain, so T and S are mixed with the multiple of the identity (on log-ratios) of
the same trace: ρ = 0 trusts the covariances and ρ = 1 is one number for all. ρ is chosen on subjects who are left out
in turn: their first trials are given and their other trials predicted, as in use.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.plugin import Count, Estimator, NonNegative, Positive, WindowSet
from mpcl_plugins.estimators._log_ratios import clr, divergence, shift_log_ratios


@dataclass(frozen=True)
class _Trials:
    """Hold one row a trial: the log-ratios, the distribution and the index of the subject in ``names``."""

    y: Float64[np.ndarray, "T k"]
    D: Float64[np.ndarray, "T k"]
    subject: Shaped[np.ndarray, "T"]
    names: Shaped[np.ndarray, "S"]

    def without(self, number: int) -> "_Trials":
        """Leave out a subject.

        Args:
            number: its index in ``names``.

        Returns:
            The trials of the others.
        """
        rest = self.subject != number
        subject = self.subject[rest]
        return _Trials(self.y[rest], self.D[rest], subject - (subject > number), np.delete(self.names, number))

    def place(self) -> Int64[np.ndarray, "T"]:
        """Count the trials of the same subject before each trial.

        Returns:
            (T,) 0 for a subject's first trial.
        """
        place = np.zeros(len(self.subject), np.int64)
        for number in range(len(self.names)):
            own = self.subject == number
            place[own] = np.arange(own.sum())
        return place


class EmpiricalBayes(Estimator):
    """Predict a subject's shrunken mean of log-ratios, or the mean of all for a subject without windows.

    Trials count alike, however many windows they have.

    Args:
        trials: how many first trials of a subject are given where ρ is chosen; as many as a test subject will have.
        mixing: the values of ρ among which the KL of fitting subjects' later trials chooses; a single one is used
            without a choice.
        centre: whether m is the mean of ``all`` trials, or one for a subject's ``first`` trials and one for later ones.
        recency: r, how many times as much a first trial counts as the one before it.

    Raises:
        ValueError: ``mixing`` is empty, or holds a number above 1.
    """

    name = "empirical_bayes"

    def __init__(
        self,
        *,
        trials: Count = 3,
        mixing: tuple[NonNegative, ...] = (0.0, 0.25, 0.5, 0.75, 1.0),
        centre: Literal["all", "first"] = "all",
        recency: Positive = 1.0,
    ) -> None:
        if not mixing or max(mixing) > 1:
            raise ValueError(f"mixing is {list(mixing)}, but must hold numbers from 0 to 1")
        self.trials, self.mixing, self.centre, self.recency = trials, mixing, centre, recency

    def fit(self, windows: WindowSet) -> "EmpiricalBayes":
        """Learn the mean, the covariances and each subject's shrunken log-ratios.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        collected = _collect(windows)
        self.rho = self._choose(collected) if len(self.mixing) > 1 else self.mixing[0]
        centre = self._centre(collected)
        trials = centre.departures(collected, self.trials)
        self._mean = centre.D
        means, counts = _means(trials, self._weight(trials))
        shift = _posterior(means - centre.departure, counts, *_covariances(trials), self.rho)
        self._shift = dict(zip(trials.names.tolist(), shift, strict=True))
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean, shifted by the log-ratios of each window's subject.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        zero = np.zeros(len(self._mean))
        return shift_log_ratios(
            self._mean, np.array([self._shift.get(name, zero) for name in windows.subject.tolist()])
        )

    def _choose(self, trials: _Trials) -> float:
        loss = np.zeros(len(self.mixing))
        for number in range(len(trials.names)):
            own = np.flatnonzero(trials.subject == number)
            first, later = own[: self.trials], own[self.trials :]
            others = trials.without(number)
            if not len(later) or not len(others.y):
                continue
            centre = self._centre(others)
            covariances = _covariances(centre.departures(others, self.trials))
            weight = self._weight(trials)[first]
            mean = np.average(trials.y[first], axis=0, weights=weight)[None] - centre.first
            for i, rho in enumerate(self.mixing):
                shift = _posterior(mean, np.array([_effective(weight)]), *covariances, rho)
                D_pred = shift_log_ratios(centre.D, np.repeat(shift, len(later), 0))
                loss[i] += divergence(trials.D[later], D_pred).mean()
        return self.mixing[int(loss.argmin())]

    def _weight(self, trials: _Trials) -> Float64[np.ndarray, "T"]:
        weight: Float64[np.ndarray, T] = self.recency ** np.minimum(trials.place(), self.trials - 1).astype(np.float64)
        return weight

    def _centre(self, trials: _Trials) -> "_Centre":
        is_later = trials.place() >= self.trials
        if self.centre == "all" or not is_later.any():
            mean = trials.y.mean(0)
            return _Centre(mean, None, trials.D.mean(0))
        return _Centre(trials.y[~is_later].mean(0), trials.y[is_later].mean(0), trials.D[is_later].mean(0))


@dataclass(frozen=True)
class _Centre:
    """Hold the mean log-ratios of first and of later trials, and the mean distribution that is shifted."""

    first: Float64[np.ndarray, "k"]
    later: Float64[np.ndarray, "k"] | None
    D: Float64[np.ndarray, "k"]

    @property
    def departure(self) -> Float64[np.ndarray, "k"]:
        """Return the mean of what `departures` returns."""
        return self.first if self.later is None else np.zeros_like(self.first)

    def departures(self, trials: _Trials, n: int) -> _Trials:
        """Subtract the centres of first and of later trials where they differ.

        Args:
            trials: the trials.
            n: how many trials of a subject are first ones.

        Returns:
            The trials with these log-ratios; as they are where there is one centre.
        """
        if self.later is None:
            return trials
        is_later = trials.place() >= n
        return replace(trials, y=trials.y - np.where(is_later[:, None], self.later, self.first))


def _collect(windows: WindowSet) -> _Trials:
    names, subject = np.unique(windows.subject, return_inverse=True)
    _, trial = np.unique(windows.trial, return_inverse=True)
    pair = subject * (trial.max(initial=0) + 1) + trial
    _, first, group = np.unique(pair, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # trials in the order of the windows
    D = np.stack([np.bincount(group, column) for column in windows.D.T], axis=1) / np.bincount(group)[:, None]
    return _Trials(clr(D)[order], D[order], subject[first][order], names)


def _means(
    trials: _Trials, weight: Float64[np.ndarray, "T"]
) -> tuple[Float64[np.ndarray, "S k"], Float64[np.ndarray, "S"]]:
    """Average the log-ratios of each subject.

    Returns:
        The weighted means, and of how many equally weighted trials a mean has the variance.
    """
    people = len(trials.names)
    total, squares = (np.bincount(trials.subject, each, people) for each in (weight, np.square(weight)))
    sums = np.stack([np.bincount(trials.subject, weight * column, people) for column in trials.y.T], axis=1)
    return sums / total[:, None], np.square(total) / squares


def _effective(weight: Float64[np.ndarray, "n"]) -> float:
    return float(np.square(weight.sum()) / np.square(weight).sum())


def _covariances(trials: _Trials) -> tuple[Float64[np.ndarray, "k k"], Float64[np.ndarray, "k k"]]:
    """Estimate T and S by the analysis of variance.

    Returns:
        T, with the directions in which it is negative set to 0, and S; T is 0 where it cannot be estimated.
    """
    counts, n, k = np.bincount(trials.subject), len(trials.y), trials.y.shape[1]
    means, _ = _means(trials, np.ones(n))
    residual, deviation = trials.y - means[trials.subject], means - trials.y.mean(0)
    within = residual.T @ residual / max(n - len(counts), 1)
    if len(counts) < 2 or n == len(counts):
        return np.zeros((k, k)), within
    size = (n - np.square(counts).sum() / n) / (len(counts) - 1)
    between = ((deviation.T * counts) @ deviation / (len(counts) - 1) - within) / size
    values, vectors = np.linalg.eigh(between)
    return (vectors * values.clip(0)) @ vectors.T, within


def _posterior(
    mean: Float64[np.ndarray, "S k"],
    counts: Shaped[np.ndarray, "S"],
    between: Float64[np.ndarray, "k k"],
    within: Float64[np.ndarray, "k k"],
    rho: float,
) -> Float64[np.ndarray, "S k"]:
    k = mean.shape[1]
    centring = np.eye(k) - np.full((k, k), 1 / k)
    T, S = ((1 - rho) * C + rho * np.trace(C) / max(k - 1, 1) * centring for C in (between, within))
    gains = [T @ np.linalg.pinv(T + S / n, hermitian=True) for n in counts.tolist()]
    return np.array([gain @ row for gain, row in zip(gains, mean, strict=True)]).reshape(mean.shape)
