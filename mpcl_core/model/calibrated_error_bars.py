"""State error bars of a model that is calibrated to a person.

Held-out people are calibrated as `calibrate` does: the personal prior is computed from T trials that are drawn from a
person's own, and the person's other trials are predicted with it. Their distances to the truth give the radius by the
same quantile over whole people as before a calibration (`evaluation.error_bars`), for T rated trials of a new person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from mpcl_core.evaluation.error_bars import CalibratedErrorBars, ErrorBars, error_quantiles, group_means
from mpcl_core.evaluation.statistics.person_quantiles import people_needed
from mpcl_core.model.personal_prior import personal_offset, shift_distributions

TRIALS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
"""The numbers of rated trials for which error bars are stated."""

DRAWS = 5
"""How often a person's rated trials are drawn."""

FINE_TUNED = "the head was trained on this person's ratings, which was not repeated for held-out people"
UNKNOWN = "the model states no error bars of calibrated people; train it with 'mpcl fit' on more people"
TOO_FEW = "{n} rated trials are fewer than the {fewest} for which the model states error bars of calibrated people"


def add_calibrated(
    bars: ErrorBars,
    D: Float64[np.ndarray, "N k"],
    D_pred: Float64[np.ndarray, "N k"],
    subject: Shaped[np.ndarray, "N"],
    trial: Shaped[np.ndarray, "N"],
) -> ErrorBars:
    """Add the error bars of calibrated people to those of people who are not calibrated.

    Args:
        bars: the error bars that the same predictions gave.
        D: (N, k) true distributions.
        D_pred: (N, k) predictions of models that were trained without the person of each window.
        subject, trial: (N,) the person and the trial of each window.

    Returns:
        The error bars with an entry for each number of rated trials that people enough have more of.
    """
    if bars.radius is None:
        return bars
    people = [_Person.of(D[own], D_pred[own], trial[own]) for own in (subject == name for name in np.unique(subject))]
    found = []
    for n in TRIALS:
        some = [person for person in people if len(person.D_trial) > n]
        if len(some) < people_needed(bars.coverage):
            break
        parts = [part for person in some for part in person.calibrated(n, bars.shrinkage)]
        radius, half_widths = _over_people([part[:2] for part in parts], bars.coverage)
        trial_radius, trial_half_widths = _over_people([part[2:] for part in parts], bars.coverage)
        found.append(
            CalibratedErrorBars(
                trials=n,
                people=len(some),
                radius=radius,
                half_widths=half_widths,
                trial_radius=trial_radius,
                trial_half_widths=trial_half_widths,
            )
        )
    return bars.model_copy(update={"calibrated": tuple(found)})


def after_calibration(bars: ErrorBars, n_trials: int, epochs: int) -> ErrorBars:
    """Return the error bars of a model after a calibration.

    Args:
        bars: those of the model before it.
        n_trials: the number of rated trials.
        epochs: how many epochs the head was fine-tuned.

    Returns:
        The error bars of people who were calibrated with at most as many trials; with a reason in their place where
        there are none.
    """
    fitting = [each for each in bars.calibrated if each.trials <= n_trials]
    if epochs or not fitting:
        reason = FINE_TUNED if epochs else _reason(bars, n_trials)
        return ErrorBars(coverage=bars.coverage, shrinkage=bars.shrinkage, reason=reason)
    return ErrorBars(coverage=bars.coverage, shrinkage=bars.shrinkage, reason="", **fitting[-1].model_dump())


def _reason(bars: ErrorBars, n_trials: int) -> str:
    if bars.calibrated:
        return TOO_FEW.format(n=n_trials, fewest=bars.calibrated[0].trials)
    return bars.reason or UNKNOWN


@dataclass(frozen=True)
class _Person:
    """Hold the windows of a held-out person.

    Args:
        D, D_pred: (N, k) truth and prediction of each window.
        trial: (N,) the number of its trial.
        D_trial, D_pred_trial: (T, k) the means of each trial.
    """

    D: Float64[np.ndarray, "N k"]
    D_pred: Float64[np.ndarray, "N k"]
    trial: Int64[np.ndarray, "N"]
    D_trial: Float64[np.ndarray, "T k"]
    D_pred_trial: Float64[np.ndarray, "T k"]

    @classmethod
    def of(cls, D: np.ndarray, D_pred: np.ndarray, names: Shaped[np.ndarray, "N"]) -> "_Person":
        """Average the windows of each trial.

        Returns:
            The person.
        """
        _, trial = np.unique(names, return_inverse=True)
        return cls(D, D_pred, trial, group_means(D, trial), group_means(D_pred, trial))

    def calibrated(self, n: int, shrinkage: float | None) -> Iterator[tuple[np.ndarray, ...]]:
        """Calibrate with n drawn trials, several times, and predict the windows of the others.

        Yields:
            Truth and prediction of the other windows, and of the other trials.
        """
        rng = np.random.default_rng(n)
        for _ in range(DRAWS):
            order = rng.permutation(len(self.D_trial))
            rated, rest = order[:n], np.sort(order[n:])
            offset = personal_offset(self.D_trial[rated], self.D_pred_trial[rated], shrinkage)
            own = np.isin(self.trial, rest)
            shifted = shift_distributions(self.D_pred[own], offset)
            number = np.searchsorted(rest, self.trial[own])
            yield self.D[own], shifted, self.D_trial[rest], group_means(shifted, number)


def _over_people(parts: Sequence[tuple[np.ndarray, ...]], coverage: float) -> tuple[float, tuple[float, ...]]:
    """Return the quantiles over people; each has `DRAWS` parts, one after the other.

    Returns:
        The radius and the half widths.
    """
    person = np.concatenate([np.full(len(truth), number // DRAWS) for number, (truth, _) in enumerate(parts)])
    truth, predicted = (np.concatenate(each) for each in zip(*parts, strict=True))
    return error_quantiles(truth, predicted, person, coverage)
