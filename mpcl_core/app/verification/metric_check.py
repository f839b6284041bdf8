"""Compute the scores by plugins' metrics again, and compare them with those that a run stores."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mpcl_core.app.running.seed_average_scores import seed_average_scores
from mpcl_core.evaluation.verification import TOLERANCE
from mpcl_core.interfaces.errors import PluginError, UsageError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import PREDICTIONS, run_of_job
from mpcl_core.runs.predictions import METRIC_PREFIX, Arrays
from mpcl_core.runs.reader import RunReader
from mpcl_core.runs.seed_average_file import seed_average_file


def loaded_metrics(run: RunReader, metrics: Mapping[str, tuple[Metric, str]]) -> list[Metric]:
    """Return the metrics of a run that can be computed again.

    Args:
        run: the run.
        metrics: name -> metric of a plugin that is loaded now, and the plugin that brings it.

    Returns:
        The metrics in the order of the run manifest; those of plugins that are not loaded are left out.
    """
    return [metrics[name][0] for name in run.manifest.metrics if name in metrics]


def find_other_scores(job: Path, arrays: Arrays, metrics: Sequence[Metric]) -> Iterator[FileProblem]:
    """Yield the stored scores of a job by plugins' metrics that are not those of its predictions.

    Args:
        job: the job's folder.
        arrays: the arrays of its predictions.
        metrics: the metrics.

    Yields:
        The problems.
    """
    file = (job / PREDICTIONS).relative_to(run_of_job(job)).as_posix()
    for metric in metrics:
        if problem := _problem(arrays, metric):
            yield FileProblem(file, problem)


def _problem(arrays: Arrays, metric: Metric) -> str:
    name = METRIC_PREFIX + metric.name
    if name not in arrays:
        return f"lacks the array '{name}'"
    try:
        scores = metric.scores(arrays["D"], arrays["D_pred"])
    except PluginError as error:
        return f"'{name}' cannot be computed again: {error}"
    return "" if _are_equal(arrays[name], scores) else f"'{name}' is not what the metric gives for the predictions"


def find_other_seed_averages(run: RunReader, metrics: Sequence[Metric]) -> Iterator[FileProblem]:
    """Yield the stored scores of seed-averaged predictions that are not those of the predictions.

    Args:
        run: the run.
        metrics: the metrics.

    Yields:
        The problems; files that cannot be read are reported by other checks.
    """
    try:
        for variant, compute in seed_average_scores(run, metrics):
            stored = run.seed_average_scores(variant)
            file = seed_average_file(run.path, variant).relative_to(run.path).as_posix()
            try:
                found = compute() if stored else {}
            except PluginError as error:
                yield FileProblem(file, f"cannot be computed again: {error}")
                continue
            for name in found:
                if name not in stored or not _are_equal(stored[name], found[name]):
                    yield FileProblem(
                        file, f"'{name}' is not what the metric gives for the mean prediction of the seeds"
                    )
    except UsageError:
        return  # a damaged file, which is reported elsewhere


def _are_equal(stored: np.ndarray, scores: np.ndarray) -> bool:
    return stored.shape == scores.shape and np.allclose(stored, scores, rtol=TOLERANCE, atol=TOLERANCE)
