"""The execution of a job: its log, its cost and its outcome."""

import errno
import json
import logging
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import DataError
from mpcl_core.jobs.execution import FoldJob, JobExecution, Metrics, finished_outcome
from mpcl_core.runs.model_files import write_model_files
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


FILES = ("diagnostics.npz", "error_bars.json", "model/model.json", "model/weights.safetensors")


@pytest.mark.parametrize("lost", FILES)
def test_finished_job_with_a_file_that_a_crash_of_the_machine_emptied_is_run_again(lost: str, tmp_path: Path) -> None:
    D = np.array([[0.25, 0.75], [0.5, 0.5]])
    metrics = micro_mean(window_scores(D, D).by_metric, np.ones(2))
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"phase": "test", **metrics}) + "\n")
    (tmp_path / "cost.json").write_text('{"seconds": 1.5}')
    (tmp_path / "error_bars.json").write_text("{}")
    np.savez(tmp_path / "predictions.npz", D=D, D_pred=D, weight=np.ones(2))
    np.savez(tmp_path / "diagnostics.npz", index=np.arange(2))
    write_model_files(tmp_path / "model", {"weights.safetensors": b"weights"}, {})
    job = Job("net", 0, "f", tmp_path)
    assert finished_outcome(job) is not None
    (tmp_path / lost).write_bytes(b"")
    assert finished_outcome(job) is None


@pytest.mark.parametrize(("seconds", "synced"), [(2.9, 0), (3.1, 3)])
def test_files_of_a_long_job_are_on_the_disk_before_it_counts_as_finished(
    seconds: float, synced: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_ended: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda _: is_ended.append((tmp_path / "cost.json").exists()))
    made = execution(tmp_path)
    made.seconds = seconds
    (tmp_path / "model").mkdir()
    for name in ("predictions.npz", "model/model.json"):
        (tmp_path / name).write_bytes(b"content")
    made.run_part(dict)
    assert is_ended == [False] * synced, "each file, and cost.json under its other name"
    assert (tmp_path / "cost.json").exists()


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
