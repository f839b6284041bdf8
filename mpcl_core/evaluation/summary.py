"""The numbers of a run: for each variant and metric the mean over subjects, with its interval.

A subject's score is the weighted mean over its test rows, averaged over seeds. ``<variant>+seeds`` scores the
prediction that is averaged over seeds, instead of averaging the scores.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mpcl_core.evaluation.metrics import METRICS, micro_mean, subject_scores, window_scores
from mpcl_core.evaluation.statistics import interval
from mpcl_core.evaluation.statistics.seed_average import over_seeds
from mpcl_core.runs import predictions
from mpcl_core.runs.predictions import Predictions


@dataclass(frozen=True)
class Row:
    """One number.

    Args:
        variant, grade, metric: of what.
        mean: over subjects.
        low, high: 95 % interval over subjects; NaN with fewer than three.
        micro: the weighted mean over all test rows.
        n_subjects, n_seeds: over how many; 0 subjects where rows do not say whose they are, and the mean is over rows.
        floored: predicted shares below 1e-12 where the truth is above 0, which the KL floors.
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


def summarise(run: Path) -> list[Row]:
    """All rows of a run, in the order of its studies and variants."""
    return [
        row
        for study in predictions.lock(run)["studies"]
        for variant in study["variants"]
        for row in variant_rows(run, variant, study["grade"])
    ]


def variant_rows(run: Path, variant: str, grade: str) -> Iterator[Row]:
    """The rows of a variant, and of its seed-averaged prediction where all of several seeds tested the same."""
    seeds = [found for _, found in predictions.predictions(run, variant)]
    if not seeds:
        return
    yield from _rows(variant, grade, seeds)
    if len(seeds) > 1 and len({tuple(sorted(found.row.tolist())) for found in seeds}) == 1:
        yield from (replace(row, n_seeds=len(seeds)) for row in _rows(f"{variant}+seeds", grade, [_averaged(seeds)]))


def _rows(variant: str, grade: str, seeds: list[Predictions]) -> Iterator[Row]:
    found = [window_scores(seed.D, seed.D_pred) for seed in seeds]
    micro = [micro_mean(scored.by_metric, seed.weight) for scored, seed in zip(found, seeds, strict=True)]
    subjects = over_seeds(
        [subject_scores(scored.by_metric, seed.subject, seed.weight) for scored, seed in zip(found, seeds, strict=True)]
    )
    for metric in METRICS:
        per_subject = subjects.scores[metric]
        low, high = interval(per_subject)
        yield Row(
            variant,
            grade,
            metric,
            float(per_subject.mean()),
            low,
            high,
            float(np.mean([values[metric] for values in micro])),
            len(per_subject) if subjects.are_subjects_known else 0,
            len(seeds),
            sum(scored.floored for scored in found),
        )


def _averaged(seeds: list[Predictions]) -> Predictions:
    ordered = [np.argsort(found.row, kind="stable") for found in seeds]
    D_pred = np.mean([found.D_pred[order] for found, order in zip(seeds, ordered, strict=True)], axis=0)
    first, order = seeds[0], ordered[0]
    return Predictions(
        first.D[order],
        D_pred,
        first.weight[order],
        first.row[order],
        first.subject[order],
        first.trial[order],
    )
