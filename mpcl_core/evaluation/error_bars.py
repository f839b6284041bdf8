"""Calibrate error bars on held-out people: split-conformal prediction whose exchangeable units are people.

The radius is the quantile over whole people (`statistics.person_quantiles`) of the total variation distance between
true and predicted distribution, in people who did not take part in the training. The half width of each emotion is the
same quantile of |D - D_pred|.
"""

from typing import Any

import numpy as np
from jaxtyping import Float64, Int64, Shaped
from pydantic import BaseModel, ConfigDict

from mpcl_core.evaluation.statistics.person_quantiles import people_needed, person_masses, person_quantiles
from mpcl_core.toolkit.name_codes import number_names

NOT_HELD_OUT = (
    "nobody was held out to calibrate them (state error_bars.folds in the recipe, or let train.choose search the "
    "number of epochs)"
)
FEWEST = "{n} people were held out, but a coverage of {coverage:g} needs at least {needed}"

MOST_SHRINKAGE = 100.0
"""The variance ratio where people do not differ: a hundred trials of one person then count half."""

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""The coverages of the curve."""


class CalibratedErrorBars(BaseModel):
    """Hold the error bars of people who were held out and calibrated with a number of rated trials.

    Args:
        trials: the number of rated trials.
        people: the number of people.
        radius, half_widths, trial_radius, trial_half_widths: as `ErrorBars`, of the trials that were not rated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trials: int
    people: int
    radius: float
    half_widths: tuple[float, ...]
    trial_radius: float
    trial_half_widths: tuple[float, ...]


class ErrorBars(BaseModel):
    """Hold how far true distributions lie from predicted ones, in people who were not trained on.

    Args:
        coverage: the stated share of a new person's windows (trials) within the radius.
        people: the number of held-out people.
        radius: total variation distance of a window, 0–1; None where there are no error bars.
        half_widths: (k,) distance of each emotion's share in a window, 0–1.
        trial_radius: as ``radius``, of a trial, which is the mean of its windows.
        trial_half_widths: (k,) as ``half_widths``, of a trial.
        curve: pairs of another coverage and its radius, for windows; as far as there are people enough.
        shrinkage: the variance of a person's trials around their own mean error, over the variance of these means
            between people, in log-ratios: how much evidence a personal prior needs; None where that is unknown.
        reason: why there are no error bars; empty where there are.
        trials: how many rated trials the people were calibrated with; 0 for none.
        calibrated: the error bars of people who were calibrated, by increasing number of rated trials; none where they
            were not computed or people have too few trials.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    coverage: float = 0.9
    people: int = 0
    radius: float | None = None
    half_widths: tuple[float, ...] = ()
    trial_radius: float | None = None
    trial_half_widths: tuple[float, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    shrinkage: float | None = None
    reason: str = NOT_HELD_OUT
    trials: int = 0
    calibrated: tuple[CalibratedErrorBars, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return self.model_dump(mode="json")


def calibrate_error_bars(
    D: Float64[np.ndarray, "N k"],
    D_pred: Float64[np.ndarray, "N k"],
    subject: Shaped[np.ndarray, "N"],
    trial: Shaped[np.ndarray, "N"],
    coverage: float,
) -> ErrorBars:
    """Compute the error bars from predictions for held-out people.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predictions of models that were trained without the person of each window.
        subject: (N,) the person of each window.
        trial: (N,) the trial of each window.
        coverage: the stated coverage.

    Returns:
        The error bars; with a reason in their place where the people are too few.

    Example:
        >>> import numpy as np
        >>> D, people = np.full((20, 2), 0.5), np.arange(20).astype(str)
        >>> D_pred = np.stack([0.5 + np.arange(20) / 100, 0.5 - np.arange(20) / 100], axis=1)
        >>> round(calibrate_error_bars(D, D_pred, people, people, 0.9).radius, 3)
        0.18
    """
    people, person = number_names(subject)
    n = len(people)
    if n < (needed := people_needed(coverage)):
        return ErrorBars(coverage=coverage, people=n, reason=FEWEST.format(n=n, coverage=coverage, needed=needed))
    levels = [level for level in LEVELS if people_needed(level) <= n]
    mass, distances = person_masses(person), _distances(D, D_pred)
    radius, *half_widths = person_quantiles(distances, mass, [coverage])[:, 0].tolist()
    curve = person_quantiles(distances[:1], mass, levels)[0].tolist()
    trial_person, D, D_pred = trial_means(person, trial, D, D_pred)
    trial_radius, trial_half_widths = error_quantiles(D, D_pred, trial_person, coverage)
    return ErrorBars(
        coverage=coverage,
        people=n,
        radius=radius,
        half_widths=tuple(half_widths),
        trial_radius=trial_radius,
        trial_half_widths=trial_half_widths,
        curve=tuple(zip(levels, curve, strict=True)),
        shrinkage=variance_ratio(log_ratio(D) - log_ratio(D_pred), trial_person),
        reason="",
    )


def log_ratio(D: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N k"]:
    """Return the centred log-ratios of distributions, with a hundredth added to every share.

    Args:
        D: (N, k) distributions.

    Returns:
        (N, k) each row has the mean 0.
    """
    logs: Float64[np.ndarray, "N k"] = np.log(D + 0.01)
    centred: Float64[np.ndarray, "N k"] = logs - logs.mean(1, keepdims=True)
    return centred


def variance_ratio(errors: Float64[np.ndarray, "T k"], subject: Shaped[np.ndarray, "T"]) -> float | None:
    """Return the variance within people over the variance between people (one-way analysis of variance).

    Args:
        errors: (T, k) the error of each trial.
        subject: (T,) its person.

    Returns:
        The ratio, at most 100; None where no person has two trials, or there is one person.
    """
    _, person = number_names(subject)
    count = np.bincount(person)
    if len(count) < 2 or len(errors) == len(count):
        return None
    means = np.zeros((len(count), errors.shape[1]))
    np.add.at(means, person, errors)
    means /= count[:, None]
    within = ((errors - means[person]) ** 2).sum() / (len(errors) - len(count))
    between = ((means - means.mean(0)) ** 2).sum() / (len(count) - 1) - within * float((1 / count).mean())
    return float(min(within / between, MOST_SHRINKAGE)) if between > 0 else MOST_SHRINKAGE


def total_variation(D: Float64[np.ndarray, "N k"], D_pred: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N"]:
    """Return the total variation distance of each row.

    Args:
        D, D_pred: (N, k) distributions.

    Returns:
        (N,) 0–1.

    Example:
        >>> total_variation(np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])).tolist()
        [0.75]
    """
    distance: Float64[np.ndarray, N] = np.abs(D - D_pred).sum(1) / 2
    return distance


def trial_means(
    subject: Shaped[np.ndarray, "N"],
    trial: Shaped[np.ndarray, "N"],
    D: Float64[np.ndarray, "N k"],
    D_pred: Float64[np.ndarray, "N k"],
) -> tuple[Shaped[np.ndarray, "T"], Float64[np.ndarray, "T k"], Float64[np.ndarray, "T k"]]:
    """Average the windows of each trial.

    Args:
        subject, trial: (N,) the person and the trial of each window.
        D, D_pred: (N, k) true and predicted distributions.

    Returns:
        (T,) the person of each trial, and (T, k) its distributions.
    """
    (people, person), (trials, within) = number_names(subject), number_names(trial)
    pairs, number = number_names(person * len(trials) + within)
    return people[pairs // len(trials)], group_means(D, number), group_means(D_pred, number)


def error_quantiles(
    D: Float64[np.ndarray, "N k"],
    D_pred: Float64[np.ndarray, "N k"],
    subject: Shaped[np.ndarray, "N"],
    coverage: float,
) -> tuple[float, tuple[float, ...]]:
    """Return the radius and the half width of each emotion: quantiles over whole people.

    Args:
        D, D_pred: (N, k) true and predicted distributions.
        subject: (N,) the person of each.
        coverage: the stated coverage; there are as many people as it needs.

    Returns:
        The radius, and k half widths.
    """
    radius, *half_widths = person_quantiles(_distances(D, D_pred), person_masses(subject), [coverage])[:, 0].tolist()
    return radius, tuple(half_widths)


def _distances(D: Float64[np.ndarray, "N k"], D_pred: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "_ N"]:
    """Return the total variation distance of each row, and below it the distance of each emotion's share.

    Returns:
        (1 + k, N) distances.
    """
    distance = np.abs(D - D_pred)
    return np.vstack([distance.sum(1) / 2, distance.T])


def group_means(values: Float64[np.ndarray, "N k"], trial: Int64[np.ndarray, "N"]) -> Float64[np.ndarray, "T k"]:
    """Average the rows of each trial.

    Args:
        values: (N, k) rows.
        trial: (N,) the number of the trial of each, from 0.

    Returns:
        (T, k) means.
    """
    total = np.stack([np.bincount(trial, weights=column) for column in values.T], axis=1)
    mean: Float64[np.ndarray, "T k"] = total / np.bincount(trial)[:, None]
    return mean
