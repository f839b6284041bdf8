"""The seed-averaged prediction of a variant is scored by plugins' metrics too, and verified."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.running.seed_average_scores import write_seed_average_scores
from mpcl_core.app.verification.metric_check import find_other_seed_averages
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.metric import Metric
from mpcl_core.runs.manifest import MetricRecord, read_manifest, write_manifest
from mpcl_core.runs.seed_average_file import write_seed_average
from support.hand_made_runs import finish, near, predict, study, truth
from support.plugin_metrics import brier

METRIC = Metric("brier", brier)
D = truth(6)
D_PRED = [near(D, [share] * 6) for share in (0.2, 0.6)]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    for seed, D_pred in enumerate(D_PRED):
        predict(tmp_path, "main", D, D_pred, seed, window=np.arange(len(D)), **{"metric.brier": brier(D, D_pred)})
    finish(tmp_path, study("main"))
    record = MetricRecord(owner="brier.py", sha256="0" * 64, higher_is_better=False)
    write_manifest(tmp_path, read_manifest(tmp_path).model_copy(update={"metrics": {"brier": record}}))
    return Run(tmp_path)


def test_seed_average_has_the_metrics_of_plugins(run: Run) -> None:
    assert ("main+seeds", "brier") not in Run(run.path).numbers
    write_seed_average_scores(run, [METRIC, Metric("of_another_run", brier)], print)
    assert run.numbers["main+seeds", "brier"].mean == pytest.approx(brier(D, np.mean(D_PRED, axis=0)).mean())
    assert run.numbers["main", "brier"].mean == pytest.approx(np.mean([brier(D, one).mean() for one in D_PRED]))
    assert list(find_other_seed_averages(run, [METRIC])) == []


def test_other_scores_of_the_seed_average_are_found(run: Run) -> None:
    write_seed_average(run.path, "main", {"brier": np.zeros(len(D))})
    (problem,) = find_other_seed_averages(run, [METRIC])
    assert str(problem).startswith("jobs/main/seed_average.npz: 'brier' is not what the metric gives")
    broken = [replace(METRIC, function=lambda D, D_pred: D)]
    assert [each.file for each in find_other_seed_averages(run, broken)] == ["jobs/main/seed_average.npz"]


def test_scores_of_other_windows_are_left_out(run: Run) -> None:
    write_seed_average(run.path, "main", {"brier": np.zeros(3)})
    assert ("main+seeds", "brier") not in run.numbers


def test_metric_that_fails_is_reported_and_costs_no_tables(run: Run) -> None:
    lines: list[str] = []
    write_seed_average_scores(run, [replace(METRIC, function=lambda D, D_pred: D)], lines.append)
    assert "main: its seed-averaged prediction is not scored by plugins" in lines[0]
    assert ("main+seeds", "kl_divergence") in run.numbers
