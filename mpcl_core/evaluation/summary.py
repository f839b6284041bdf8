"""Score a variant: for each metric the mean over subjects, with its interval.

A subject's score is the weighted mean over its test windows, averaged over seeds. ``<variant>+seeds`` scores the
prediction that is averaged over seeds, instead of averaging the scores.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.job_scores import prediction_scores
from mpcl_core.evaluation.metrics import SubjectScores, micro_mean, subject_scores
from mpcl_core.evaluation.statistics import interval
from mpcl_core.evaluation.statistics.seed_average import average_over_seeds, average_predictions
from mpcl_core.runs.predictions import Predictions

SEED_AVERAGE = "+seeds"
"""Suffix of the name under which a variant's seed-averaged prediction is scored."""


@dataclass(frozen=True)
class VariantScore:
    """Hold the score of a variant by one metric.

    Args:
        variant, grade, metric: the variant, what its numbers may claim, and the metric.
        mean: the mean over subjects.
        low, high: its 95 % interval over subjects; NaN with fewer than three.
        micro: the weighted mean over all test windows.
        n_subjects, n_seeds: the numbers averaged over; 0 subjects where windows have no subjects, and the mean is over
            windows.
        floored: the number of predicted shares below 1e-12 where the truth is above 0, which the KL floors.
    """

    variant: str
    grade: str
    metric: str
    mean: float
    low: float
    high: float
    micro: float
    n_subjects: int
    n_seeds: int
    floored: int


def score_variant(
    variant: str,
    grade: str,
    seeds: Sequence[Predictions],
    averaged_metrics: Mapping[str, Float64[np.ndarray, "N"]] | None = None,
) -> tuple[SubjectScores, tuple[VariantScore, ...]]:
    """Score the predictions of a variant.

    Args:
        variant: its name.
        grade: the grade of its study.
        seeds: its predictions, for each of its seeds; at least one.
        averaged_metrics: plugins' metrics of its seed-averaged prediction, as stored by the run.

    Returns:
        The scores of every subject, and the scores of the variant, followed by those of its seed-averaged prediction
        where all of several seeds tested the same windows.
    """
    subjects, scores = _score(variant, grade, seeds)
    if (averaged := average_predictions(seeds, averaged_metrics)) is not None:
        _, of_average = _score(f"{variant}{SEED_AVERAGE}", grade, [averaged])
        scores += [replace(score, n_seeds=len(seeds)) for score in of_average]
    return subjects, tuple(scores)


def _score(variant: str, grade: str, seeds: Sequence[Predictions]) -> tuple[SubjectScores, list[VariantScore]]:
    windows = [prediction_scores(seed) for seed in seeds]
    pairs = list(zip(windows, seeds, strict=True))
    micro = [micro_mean(scores.by_metric, seed.weight) for scores, seed in pairs]
    by_seed = [subject_scores(scores.by_metric, seed.subject, seed.weight) for scores, seed in pairs]
    subjects = average_over_seeds(by_seed)
    floored = sum(scores.floored for scores in windows)
    return subjects, list(_variant_scores(variant, grade, subjects, micro, floored))


def _variant_scores(
    variant: str, grade: str, subjects: SubjectScores, micro: Sequence[dict[str, float]], floored: int
) -> Iterator[VariantScore]:
    bounds = interval(np.stack([*subjects.scores.values()])).tolist()
    for (metric, per_subject), (low, high) in zip(subjects.scores.items(), bounds, strict=True):
        yield VariantScore(
            variant,
            grade,
            metric,
            float(per_subject.mean()),
            low,
            high,
            float(np.mean([values[metric] for values in micro])),
            len(per_subject) if subjects.are_subjects_known else 0,
            len(micro),
            floored,
        )
