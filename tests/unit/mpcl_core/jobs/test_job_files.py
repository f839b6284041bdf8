"""The files of a job: what can be read back, and a model that cannot be stored."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.jobs import job_files
from mpcl_core.model.save import Training
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.robustness_file import read_robustness
from mpcl_plugins.estimators.mean import Mean
from support.specs import block
from support.trainers import FOLD, learnable, opened


def test_predictions_are_read_back_with_the_scores_of_plugins(tmp_path: Path) -> None:
    test = learnable().take(FOLD.test)
    job_files.write_predictions(tmp_path, test, FOLD.test, test.D[::-1], {"brier": test.weight})
    found = read_job_arrays(tmp_path)
    assert np.array_equal(found["D_pred"], test.D[::-1])
    assert np.array_equal(found["row"], FOLD.test)
    assert np.array_equal(found["metric.brier"], test.weight)


def test_robustness_scores_are_read_back(tmp_path: Path) -> None:
    lines = [{"kind": "without", "subject": "a", "modalities": ["eeg"], "rate": 1.0, "weight": 2.0, "clark": 0.5}]
    job_files.write_robustness(tmp_path, lines)
    assert read_robustness(tmp_path / "robustness.jsonl", ["clark"]) == lines


@pytest.mark.parametrize("error", [RuntimeError("no state"), OSError("disk")])
def test_model_that_cannot_be_stored_is_logged_and_a_full_disk_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(job_files, "model_content", fails)
    job = tmp_path / "run" / "jobs" / "net" / "0" / "f"
    job.mkdir(parents=True)
    spec, fitting = opened(block(Mean)).specs["net"], learnable().take(FOLD.train)
    training = Training(spec, fitting, (), Mean().fit(fitting), 0, error_bars=ErrorBars(reason="none"))
    if isinstance(error, OSError):
        with pytest.raises(OSError, match="disk"):
            job_files.write_model(job, training)
    else:
        job_files.write_model(job, training)
        assert "this job leaves no model: RuntimeError: no state" in caplog.text
    assert json.loads((job / "error_bars.json").read_text())["reason"] == "none"


def test_no_file_of_a_job_is_waited_for_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    job = tmp_path / "run" / "jobs" / "net" / "0" / "f"
    job.mkdir(parents=True)
    spec, fitting, test = opened(block(Mean)).specs["net"], learnable().take(FOLD.train), learnable().take(FOLD.test)
    job_files.write_predictions(job, test, FOLD.test, test.D, {})
    job_files.write_diagnostics(job, FOLD.test, {})
    job_files.write_robustness(job, [])
    job_files.write_model(job, Training(spec, fitting, (), Mean().fit(fitting), 0))
    assert (job / "model" / "model.json").exists()
    assert synced == []
