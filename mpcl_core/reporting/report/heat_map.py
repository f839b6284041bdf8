"""Build the scores of every subject as a coloured table, in which one metric is shown at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import format_heading
from mpcl_core.runs.manifest import StudyManifest

STEPS = 5
"""Shades on either side of the middle."""

MOST_CELLS = 12_000
"""Cells of all metrics together; beyond, only the KL is shown, of as many variants as fit."""


@dataclass(frozen=True)
class Cell:
    """Hold the score of a variant for one subject.

    Args:
        text: variant, subject and score, shown while the pointer is over the cell.
        shade: from -5 (much worse than the row of the train mean) to 5 (much better).
    """

    text: str
    shade: int


@dataclass(frozen=True)
class HeatMap:
    """Hold the scores of a study by one metric.

    Args:
        metric: name of the metric in the page.
        heading: the metric with an arrow towards better values.
        title: of the table.
        subjects: the columns.
        rows: variant and its cells.
        note: how to read the colours.
        is_first: whether it is shown before another is chosen.
    """

    metric: str
    heading: str
    title: str
    subjects: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    note: str
    is_first: bool


def build_heat_maps(run: Run) -> list[list[HeatMap]]:
    """Build the maps of each study with at least two variants and two subjects.

    Args:
        run: the run.

    Returns:
        For each study its maps, the KL first.
    """
    maps = [_build_maps(run, study) for study in run.studies]
    return [found for found in maps if found]


def _build_maps(run: Run, study: StudyManifest) -> list[HeatMap]:
    scores = {name: found for name in study.variants if (found := run.subject_scores(name)) is not None}
    subjects = next(iter(scores.values())).subjects if scores else np.array([])
    same = {name: found for name, found in scores.items() if np.array_equal(found.subjects, subjects)}
    if len(same) < 2 or len(subjects) < 2:
        return []
    metrics = [KL, *(metric for metric in run.higher_is_better if metric != KL)]
    if len(same) * len(subjects) * len(metrics) > MOST_CELLS:
        metrics, same = [KL], dict(list(same.items())[: max(2, MOST_CELLS // len(subjects))])
    omitted = len(scores) - len(same)
    more = f" Not shown: {format_count(omitted, 'more variant')}." if omitted else ""
    names, mean = [str(subject) for subject in subjects], run.mean_baseline(study)
    title = f"Scores by subject, {describe_study(run, study)}"
    return [
        _build_map(
            metric,
            run.higher_is_better[metric],
            title,
            names,
            {name: found.scores[metric] for name, found in same.items()},
            mean,
            more,
        )
        for metric in metrics
    ]


def _build_map(
    metric: str,
    higher: bool,
    title: str,
    subjects: Sequence[str],
    scores: dict[str, np.ndarray],
    mean: str | None,
    more: str,
) -> HeatMap:
    middle = scores[mean] if mean in scores else np.median(list(scores.values()), axis=0)
    gains = {name: (values - middle) * (1 if higher else -1) for name, values in scores.items()}
    scale = float(np.quantile(np.abs(list(gains.values())), 0.95)) or 1.0
    shades = {name: np.clip(np.rint(STEPS * gain / scale), -STEPS, STEPS).astype(int) for name, gain in gains.items()}
    rows = [
        (
            name,
            [
                Cell(f"{name}, {subject}: {value:z.4f}", int(shade))
                for subject, value, shade in zip(subjects, values, shades[name], strict=True)
            ],
        )
        for name, values in scores.items()
    ]
    compared = "the train mean" if mean in scores else "the median variant"
    unit = " nats" if metric == KL else ""
    note = (
        f"Blue: better than {compared} for this subject; orange: worse. The colour is strongest from a difference of "
        f"{scale:.3g}{unit} on.{more}"
    )
    return HeatMap(metric, format_heading(metric, higher), title, subjects, rows, note, metric == KL)
