"""Compute the scores by plugins' metrics again, and compare them with those that a run stores."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mpcl_core.app.running.seed_average_scores import seed_average_scores
from mpcl_core.evaluation.verification import TOLERANCE
from mpcl_core.interfaces.errors import PluginError, UsageError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import PREDICTIONS
from mpcl_core.runs.predictions import METRIC_PREFIX, read_job_arrays
from mpcl_core.runs.reader import RunReader
from mpcl_core.runs.seed_average_file import seed_average_file


def find_other_scores(run: RunReader, metrics: Mapping[str, tuple[Metric, str]]) -> Iterator[FileProblem]:
    """Yield the jobs whose stored scores by plugins' metrics are not those of their predictions.

    Args:
        run: the run.
        metrics: name -> metric of a plugin that is loaded now, and the plugin that brings it.

    Yields:
        The problems, job by job; files that cannot be read, and metrics of plugins that are not loaded, are reported
        elsewhere.
    """
    known = [metrics[name][0] for name in run.manifest.metrics if name in metrics]
    for variant in run.manifest.variants if known else ():
        for job in run.finished_jobs(variant):
            file = (job / PREDICTIONS).relative_to(run.path).as_posix()
            for metric in known:
                if problem := _problem(job, metric):
                    yield FileProblem(file, problem)
    yield from _seed_average_problems(run, known)


def _problem(job: Path, metric: Metric) -> str:
    array = METRIC_PREFIX + metric.name
    try:
        stored = read_job_arrays(job, ["D", "D_pred", array])
        scores = metric.scores(stored["D"], stored["D_pred"])
    except UsageError:
        return ""
    except PluginError as error:
        return f"'{array}' cannot be computed again: {error}"
    return "" if _are_equal(stored[array], scores) else f"'{array}' is not what the metric gives for the predictions"


def _seed_average_problems(run: RunReader, metrics: Sequence[Metric]) -> Iterator[FileProblem]:
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
