"""Score how often true distributions lie within the error bars of predictions, in people who were not trained on.

The reached coverage is the share of a person's windows (trials) within the radius, averaged over people: what
`mpcl_core.evaluation.error_bars` states for a new person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float64
from pydantic import ValidationError

from mpcl_core.evaluation.error_bars import ErrorBars, total_variation, trial_means
from mpcl_core.evaluation.statistics import interval
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.predictions import Predictions
from mpcl_core.runs.reader import RunReader


@dataclass(frozen=True)
class CoverageScore:
    """Hold the reached and the stated coverage of a variant's error bars.

    Args:
        variant, grade: the variant, and what its numbers may claim.
        stated: the stated coverage.
        people: the fewest people on whom the error bars of a job rest.
        radius: the mean radius over jobs; NaN where no job has error bars.
        reached: the share of a person's windows within it, averaged over people and seeds.
        low, high: the 95 % interval of ``reached`` over people; NaN with fewer than three.
        emotions: the same share of the intervals of single emotions.
        trial_radius, trial_reached: as ``radius`` and ``reached``, of trials.
        n_subjects, n_jobs: the tested people, and the jobs with error bars.
        reason: why jobs have no error bars; empty where all have.
        curve: pairs of stated and reached coverage of the radii of windows.
    """

    variant: str
    grade: str
    stated: float
    people: int
    radius: float = nan
    reached: float = nan
    low: float = nan
    high: float = nan
    emotions: float = nan
    trial_radius: float = nan
    trial_reached: float = nan
    n_subjects: int = 0
    n_jobs: int = 0
    reason: str = ""
    curve: tuple[tuple[float, float], ...] = ()


def score_coverage(
    run: RunReader, variant: str, grade: str, seeds: Iterable[tuple[int, Predictions]]
) -> CoverageScore | None:
    """Score the error bars of a variant.

    Args:
        run: the run.
        variant: the variant.
        grade: the grade of its study.
        seeds: its seeds and their predictions.

    Returns:
        The score; None where no job stored error bars.

    Raises:
        UsageError: a file is damaged.
    """
    jobs = [(job, content) for job in run.finished_jobs(variant) if (content := run.error_bars(job)) is not None]
    parsed = [(job, _parse(content, job)) for job, content in jobs]
    if not parsed:
        return None
    first = parsed[0][1]
    reasons = [bars.reason for _, bars in parsed if bars.radius is None]
    people = min(bars.people for _, bars in parsed)
    score = CoverageScore(variant, grade, first.coverage, people, reason=reasons[0] if reasons else "")
    by_seed = {str(seed): found for seed, found in seeds}
    with_bars = [(job, bars) for job, bars in parsed if bars.radius is not None]
    scored = [_Scored(bars, by_seed[job.parent.name].of_fold(job.name)) for job, bars in with_bars]
    if not scored:
        return score
    by_person = _average_by_person(_windows_within(*each) for each in scored)
    values = np.array(list(by_person.values()))
    low, high = interval(values).tolist()
    emotions = _average_by_person(_emotions_within(*each) for each in scored)
    trials = _average_by_person(_trials_within(*each) for each in scored)
    return CoverageScore(
        variant,
        grade,
        first.coverage,
        people,
        float(np.mean([bars.radius for bars, _ in scored])),
        float(values.mean()),
        low,
        high,
        float(np.mean(list(emotions.values()))),
        float(np.mean([bars.trial_radius for bars, _ in scored])),
        float(np.mean(list(trials.values()))),
        len(values),
        len(scored),
        score.reason,
        _curve(scored),
    )


class _Scored(NamedTuple):
    """Hold the error bars of a job and its predictions."""

    bars: ErrorBars
    found: Predictions


Shares = tuple[np.ndarray, np.ndarray]
"""The person of each window or trial, and the share of it that lies within the error bars."""


def _parse(content: Mapping[str, Any], job: object) -> ErrorBars:
    try:
        return ErrorBars.model_validate(content)
    except ValidationError as error:
        raise UsageError(f"{job} has damaged error bars: {error.errors()[0]['msg']}") from None


def _average_by_person(parts: Any) -> dict[str, float]:
    by_person: dict[str, list[np.ndarray]] = {}
    for subject, share in parts:
        for name in np.unique(subject):
            by_person.setdefault(str(name), []).append(share[subject == name])
    return {name: float(np.concatenate(values).mean()) for name, values in by_person.items()}


def _windows_within(bars: ErrorBars, found: Predictions, radius: float | None = None) -> Shares:
    has_weight = found.weight > 0
    limit = bars.radius if radius is None else radius
    within: Bool[np.ndarray, N] = total_variation(found.D, found.D_pred) <= limit
    return found.subject[has_weight], within[has_weight].astype(np.float64)


def _emotions_within(bars: ErrorBars, found: Predictions) -> Shares:
    has_weight = found.weight > 0
    within = np.abs(found.D - found.D_pred) <= np.array(bars.half_widths)
    share: Float64[np.ndarray, N] = within.mean(1)
    return found.subject[has_weight], share[has_weight]


def _trials_within(bars: ErrorBars, found: Predictions) -> Shares:
    has_weight = found.weight > 0
    columns = (found.subject, found.trial, found.D, found.D_pred)
    subject, D, D_pred = trial_means(*(column[has_weight] for column in columns))
    within: Bool[np.ndarray, T] = total_variation(D, D_pred) <= bars.trial_radius
    return subject, within.astype(np.float64)


def _curve(scored: Sequence[_Scored]) -> tuple[tuple[float, float], ...]:
    levels = [level for level, _ in scored[0].bars.curve]
    points = []
    for level in levels:
        radii = [dict(bars.curve).get(level) for bars, _ in scored]
        if None not in radii:
            parts = (_windows_within(*each, radius) for each, radius in zip(scored, radii, strict=True))
            points.append((level, float(np.mean(list(_average_by_person(parts).values())))))
    return tuple(points)
