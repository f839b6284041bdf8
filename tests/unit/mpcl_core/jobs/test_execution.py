"""The execution of a job: its log, its cost and its outcome."""

import errno
import json
import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import DataError
from mpcl_core.jobs.execution import FoldJob, JobExecution, Metrics, finished_outcome
from support.trainers import FOLD


def execution(folder: Path) -> JobExecution:
    return JobExecution(FoldJob(Job("net", 0, "f", folder), FOLD, 0), "cpu")


def test_job_that_returns_metrics_has_ended_with_its_cost(tmp_path: Path) -> None:
    made = execution(tmp_path)
    assert made.run_part(lambda: {"kl_divergence": 0.5}) is None
    assert made.outcome is not None
    assert (made.outcome.metrics, made.outcome.error) == ({"kl_divergence": 0.5}, "")
    assert json.loads((tmp_path / "cost.json").read_text())["seconds"] == made.outcome.seconds
    assert not (tmp_path / "job.log").exists()


def test_finished_job_whose_predictions_contradict_its_metrics_is_run_again(tmp_path: Path) -> None:
    D = np.array([[0.25, 0.75], [0.5, 0.5]])
    D_pred = np.array([[0.5, 0.5], [0.125, 0.875]])
    metrics = micro_mean(window_scores(D, D_pred).by_metric, np.ones(2))
    job = Job("net", 0, "f", tmp_path)
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"phase": "test", **metrics}) + "\n")
    (tmp_path / "cost.json").write_text('{"seconds": 1.5}')
    np.savez(tmp_path / "predictions.npz", D=D, D_pred=D_pred, weight=np.ones(2))
    outcome = finished_outcome(job)
    assert outcome is not None
    assert (outcome.metrics, outcome.seconds) == (metrics, 1.5)
    np.savez(tmp_path / "predictions.npz", D=D, D_pred=D_pred[::-1], weight=np.ones(2))
    assert finished_outcome(job) is None


def test_errors_of_the_user_are_logged_without_a_traceback(tmp_path: Path) -> None:
    def fails() -> Metrics:
        raise DataError("no windows")

    made = execution(tmp_path)
    made.run_part(fails)
    assert made.outcome is not None
    assert made.outcome.error == "no windows"
    log = (tmp_path / "job.log").read_text()
    assert "no windows" in log
    assert "Traceback" not in log


def test_full_disk_is_raised(tmp_path: Path) -> None:
    def fails() -> Metrics:
        raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(OSError, match="no space"):
        execution(tmp_path).run_part(fails)


def test_warnings_and_log_records_go_to_the_log_of_the_job_once(tmp_path: Path) -> None:
    made = execution(tmp_path)
    for _ in range(2):
        with made.logging_to_job():
            warnings.warn("careful", UserWarning, stacklevel=1)
            logging.getLogger("mpcl.plugin").warning("a record")
    log = (tmp_path / "job.log").read_text()
    assert log.count("UserWarning: careful") == 1
    assert log.count("a record") == 2
