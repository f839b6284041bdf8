"""Scores by plugins' metrics are computed again from the stored predictions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.plugins.consent import PluginConsent
from mpcl_core.app.verification.metric_check import find_other_scores, loaded_metrics
from mpcl_core.app.verification.verifying import verify
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.reporting.tables.result_table import build_tables
from mpcl_core.runs.manifest import MetricRecord, read_manifest, write_manifest
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.reader import RunReader
from support.fitted_study import RECIPE, SETS
from support.hand_made_runs import finish, study
from support.plugin_metrics import brier, write_brier

D, D_pred = np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([[0.25, 0.75], [0.5, 0.5]])


def run_with(folder: Path, scores: np.ndarray) -> RunReader:
    job = folder / "jobs" / "main" / "0" / "a"
    job.mkdir(parents=True)
    columns = {
        "weight": np.ones(2),
        "row": np.arange(2),
        "window": np.arange(2),
        "subject": ["s", "s"],
        "trial": ["t", "t"],
    }
    np.savez(job / "predictions.npz", D=D, D_pred=D_pred, **columns, **{"metric.brier": scores})
    finish(folder, study("main"))
    record = MetricRecord(owner="brier.py", sha256="0" * 64, higher_is_better=False)
    write_manifest(folder, read_manifest(folder).model_copy(update={"metrics": {"brier": record}}))
    return RunReader(folder)


@pytest.mark.parametrize(
    ("scores", "lines"),
    [
        (brier(D, D_pred), []),
        (brier(D, D_pred) + 1e-6, ["'metric.brier' is not what the metric gives for the predictions"]),
    ],
)
def test_scores_are_compared_with_those_of_the_predictions(
    scores: np.ndarray, lines: list[str], tmp_path: Path
) -> None:
    (job,) = run_with(tmp_path, scores).finished_jobs("main")
    assert [each.what for each in find_other_scores(job, read_job_arrays(job), [Metric("brier", brier)])] == lines


def test_metrics_of_plugins_that_are_not_loaded_are_left_out(tmp_path: Path) -> None:
    run, metric = run_with(tmp_path, brier(D, D_pred)), Metric("brier", brier)
    assert loaded_metrics(run, {"brier": (metric, "brier.py"), "of_another_run": (metric, "brier.py")}) == [metric]
    assert loaded_metrics(run, {}) == []


def test_metric_that_fails_now_is_named(tmp_path: Path) -> None:
    broken = replace(Metric("brier", brier), function=lambda D, D_pred: D)
    (job,) = run_with(tmp_path, brier(D, D_pred)).finished_jobs("main")
    (problem,) = find_other_scores(job, read_job_arrays(job), [broken])
    assert "'metric.brier' cannot be computed again: the metric 'brier' returned an array" in str(problem)


@pytest.mark.slow
def test_run_is_scored_ranked_and_verified_by_the_metric_of_a_plugin_file(tmp_path: Path) -> None:
    plugins, folder = [write_brier(tmp_path)], tmp_path / "run"
    references = {"knn": None, "mean": {"use": "mean"}, "uniform": {"use": "uniform"}}
    recipe = RECIPE | {"references": references, "variants": {"own": {"estimator": {"use": "ridge"}}}}
    mpcl_core.run(recipe, sets=SETS, plugins=plugins, out=folder, jobs=1, figures=False, on_message=None)
    run = Run(folder)
    assert run.higher_is_better["brier"] is False
    assert run.manifest.metrics["brier"].owner == "brier.py"
    assert {"brier", "kl_divergence"} <= set(run.scores()["metric"])
    assert "brier" in (folder / "summary.csv").read_text()
    (result,) = mpcl_core.compare(folder, metric="brier")
    assert result.ranks is not None
    assert {test.metric for test in result.tests} == set(run.higher_is_better)
    assert "brier ↓" in str([table.headings for table in build_tables(result)])
    with pytest.raises(UsageError, match=r"no metric 'breer' in .*intersection, brier"):
        mpcl_core.compare(folder, metric="breer")
    assert verify(folder, [], lambda _: None, PluginConsent(of_runs=True)).lines == []
