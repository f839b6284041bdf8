"""Score how a network performs without some modalities: means over subjects, and the share of its gain that is left.

The *relative robustness* of a condition is the share of the gain over the train mean that is left in it:

    R = (M_mean - M_condition) / (M_mean - M_all),

M the mean over subjects of a metric for the train mean, under the condition, and with all modalities. R = 1: nothing is
lost; 0: as good as the train mean; below 0: worse than it. It has no value where the network with all modalities is not
better than the train mean, or where the 95 % interval of its gain over subjects contains 0: there is no gain of which a
share could be left. It is a ratio of means over subjects and has no interval of its own.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.statistics import interval
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER

Condition = tuple[str, str, float]
"""Kind, modalities and rate."""

Scores = Mapping[str, Float64[np.ndarray, "S"]]
"""Metric -> the score of every subject."""


@dataclass(frozen=True)
class ConditionScore:
    """Hold the score of a variant under one condition by one metric.

    Args:
        variant, grade: the variant, and what its numbers may claim.
        kind: ``all``, ``subset``, ``missing`` or ``train_mean``.
        modalities: those that are present, joined by ``+``.
        rate: the share of them that is missing at random.
        metric: the metric.
        mean: the mean over subjects; a subject's score is averaged over seeds and draws.
        low, high: its 95 % interval over subjects; NaN with fewer than three.
        relative: R; NaN where there is no gain.
        n_subjects, n_seeds: the numbers averaged over.
    """

    variant: str
    grade: str
    kind: str
    modalities: str
    rate: float
    metric: str
    mean: float
    low: float
    high: float
    relative: float
    n_subjects: int
    n_seeds: int


def score_conditions(
    variant: str,
    grade: str,
    lines: Iterable[tuple[int, Mapping[str, Any]]],
    directions: Mapping[str, bool] = HIGHER_IS_BETTER,
) -> Iterator[ConditionScore]:
    """Score a variant under every condition in which it was tested.

    Args:
        variant: its name.
        grade: the grade of its study.
        lines: seed and line of ``robustness.jsonl``.
        directions: each metric that the lines state, and whether a larger value is better.

    Yields:
        The scores by condition and metric, in the order of the lines; none where it was not tested so.

    Raises:
        UsageError: the lines do not test the same subjects with all modalities and by the train mean.
    """
    numbered, metrics = list(lines), tuple(directions)
    n_seeds = len({seed for seed, _ in numbered})
    conditions = {
        key: average_by_subject(part, metrics) for key, part in _by_condition(line for _, line in numbered).items()
    }
    everything, base = (_scores(conditions, kind) for kind in ("all", "train_mean"))
    n_subjects = [len(scores.get(metrics[0], ())) for scores in (everything, base)]
    if conditions and (not all(n_subjects) or n_subjects[0] != n_subjects[1]):
        raise UsageError(f"{variant}: its files of robustness do not test the same subjects under each condition")
    gains = certain_gains(directions, base, everything) if conditions else {}
    for (kind, modalities, rate), scores in conditions.items():
        bounds = interval(np.stack([scores[metric] for metric in metrics])).tolist()
        for metric, (low, high) in zip(metrics, bounds, strict=True):
            values = scores[metric]
            mean = float(values.mean())
            share = float((base[metric].mean() - mean) / gains[metric])
            condition = variant, grade, kind, modalities, rate, metric
            yield ConditionScore(*condition, mean, low, high, share, len(values), n_seeds)


def certain_gains(directions: Mapping[str, bool], base: Scores, everything: Scores) -> dict[str, float]:
    """Return the gain with all modalities over the train mean, the divisor of R, by each metric.

    Args:
        directions: metric -> whether a larger value is better.
        base: the scores by the train mean.
        everything: the scores with all modalities.

    Returns:
        Metric -> M_mean - M_all; NaN where all modalities are no better than the train mean, or not certainly.
    """
    gains = np.stack([(base[name] - everything[name]) * (-1 if up else 1) for name, up in directions.items()])
    is_certain = (gains.mean(-1) > 0) & (interval(gains)[:, 0] > 0)  # the bound is NaN below three subjects
    return {
        name: float(base[name].mean() - everything[name].mean()) if certain else math.nan
        for name, certain in zip(directions, is_certain, strict=True)
    }


def average_by_subject(lines: Iterable[Mapping[str, Any]], metrics: Sequence[str]) -> Scores:
    """Return the score of every subject: the weighted mean over folds, seeds and draws.

    Args:
        lines: lines of ``robustness.jsonl``.
        metrics: the metrics that they state.

    Returns:
        Metric -> (S,) scores, subjects sorted by name.
    """
    total: dict[str, Any] = {}
    for line in lines:
        values = np.array([1.0, *(line[metric] for metric in metrics)]) * line["weight"]
        total[line["subject"]] = total.get(line["subject"], 0.0) + values
    table = np.stack([total[subject] for subject in sorted(total)])
    return {metric: table[:, 1 + index] / table[:, 0] for index, metric in enumerate(metrics)}


def _by_condition(lines: Iterable[Mapping[str, Any]]) -> dict[Condition, list[Mapping[str, Any]]]:
    found: dict[Condition, list[Mapping[str, Any]]] = {}
    for line in lines:
        found.setdefault((line["kind"], "+".join(line["modalities"]), line["rate"]), []).append(line)
    return found


def _scores(conditions: Mapping[Condition, Scores], kind: str) -> Scores:
    return next((scores for (other, _, _), scores in conditions.items() if other == kind), {})
