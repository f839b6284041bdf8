"""Overviews of hand-made runs."""

import shutil
from pathlib import Path

import pytest

from mpcl_core.evaluation.overview import find_runs, summarise_run
from mpcl_core.evaluation.run import Run
from support.drawn_runs import UNIFORM, D, finish, predict, study


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "hand" / "first"
    folder.mkdir(parents=True)
    predict(folder, "mean", UNIFORM)
    predict(folder, "near", 0.5 * D + 0.5 * UNIFORM)
    return finish(folder, {"variants": {"near": {"estimator": {"use": "knn"}}}}, study("mean", "near"))


def test_overview_holds_the_numbers_of_the_run(run: Path) -> None:
    found, score = summarise_run(run), Run(run).numbers["near", "kl_divergence"]
    assert (found.name, found.grade, found.variant) == ("hand", "subject-independent", "near")
    assert (found.kl, found.low, found.high) == (score.mean, score.low, score.high)
    assert found.mean_kl == Run(run).numbers["mean", "kl_divergence"].mean
    assert (found.n_subjects, found.n_done, found.n_jobs) == (4, 4, 4)
    assert found.is_complete
    assert found.size == sum(file.stat().st_size for file in run.rglob("*.*") if file.is_file())


def test_stopped_and_damaged_runs_are_listed_as_such(run: Path) -> None:
    stopped = run.rename(run.with_name("first.partial"))
    shutil.rmtree(stopped / "jobs" / "near" / "0" / "f1")
    found = summarise_run(stopped)
    assert (found.n_done, found.n_jobs, found.is_complete) == (3, 4, False)
    (stopped / "lock.json").write_text("{")
    assert "lock.json" in summarise_run(stopped).fault


def test_run_whose_predictions_are_no_distributions_is_listed_with_its_fault(run: Path) -> None:
    shutil.rmtree(run / "jobs" / "near")
    predict(run, "near", 2 * D)
    finish(run, {"variants": {"near": {"estimator": {"use": "knn"}}}}, study("mean", "near"))
    assert "sums to 2" in summarise_run(run).fault


def test_runs_are_found_at_any_depth_and_not_inside_runs(run: Path) -> None:
    shutil.copytree(run, run / "figures" / "copy")
    shutil.copytree(run, run.parents[1] / "other")
    assert list(find_runs(run.parents[1])) == [run, run.parents[1] / "other"]
    assert list(find_runs(run)) == [run]
