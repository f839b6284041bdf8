"""Decide whether jobs have finished."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.runs.finished_jobs import (
    begin_job,
    is_complete,
    is_finished,
    is_interrupted,
    read_cost,
    read_finished_job,
)
from mpcl_core.runs.layout import job_folder
from support.hand_made_runs import manifest, study

METRICS = {"kl_divergence": 0.25, "cosine": 0.5}


def finished(job: Path) -> Path:
    job.mkdir(parents=True)
    lines = [
        {"epoch": 1, "phase": "refit"},
        {"phase": "test", "epochs": 1, "mix": {"network": 0.1, "ridge": 0.9}, **METRICS},
    ]
    (job / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    np.savez(job / "predictions.npz", D=np.eye(3))
    (job / "cost.json").write_text(json.dumps({"seconds": 1.5}))
    return job


def test_finished_job_has_predictions_and_cost(tmp_path: Path) -> None:
    job = finished(tmp_path / "job")
    assert is_finished(job)
    assert not is_interrupted(job)
    found = read_finished_job(job)
    assert found is not None
    assert (found.seconds, found.metrics) == (1.5, METRICS)


def test_failed_and_interrupted_jobs_are_not_finished(tmp_path: Path) -> None:
    failed, interrupted = finished(tmp_path / "failed"), finished(tmp_path / "interrupted")
    (failed / "predictions.npz").unlink()
    (interrupted / "cost.json").unlink()
    assert [is_finished(job) for job in (failed, interrupted, tmp_path / "none")] == [False] * 3
    assert [is_interrupted(job) for job in (failed, interrupted, tmp_path / "none")] == [False, True, False]
    assert read_finished_job(failed) is read_finished_job(interrupted) is None


@pytest.mark.parametrize("name", ["predictions.npz", "cost.json", "metrics.jsonl"])
@pytest.mark.parametrize("harm", [lambda content: content[: len(content) // 2], lambda content: b""])
def test_job_with_a_damaged_file_is_run_again(name: str, harm: Callable[[bytes], bytes], tmp_path: Path) -> None:
    job = finished(tmp_path / "job")
    (job / name).write_bytes(harm((job / name).read_bytes()))
    assert read_finished_job(job) is None


@pytest.mark.parametrize("cost", [{}, {"seconds": "1"}, {"seconds": 1, "peak_mib": "9"}, {"seconds": 1, "cohort": []}])
def test_cost_that_is_no_number_is_damaged(cost: dict[str, object], tmp_path: Path) -> None:
    job = finished(tmp_path / "job")
    (job / "cost.json").write_text(json.dumps(cost))
    with pytest.raises(ValueError, match="is no number"):
        read_cost(job)


def test_journal_without_a_test_is_not_of_a_finished_job(tmp_path: Path) -> None:
    job = finished(tmp_path / "job")
    (job / "metrics.jsonl").write_text('{"epoch": 1, "phase": "refit"}\n')
    assert read_finished_job(job) is None


def test_run_is_complete_when_every_job_has_finished(tmp_path: Path) -> None:
    listed = manifest(study("mean", "net"), seeds=(0, 1), variants={"net": {}})
    jobs = [finished(job_folder(tmp_path, *job)) for job in listed.jobs()]
    assert len(jobs) == 6
    assert is_complete(tmp_path, listed)
    (jobs[-1] / "cost.json").unlink()
    assert not is_complete(tmp_path, listed)


def test_job_that_is_run_again_is_not_finished_before_it_ends(tmp_path: Path) -> None:
    job = finished(tmp_path / "job")
    begin_job(job)
    assert not is_finished(job)
    assert is_interrupted(job)
    assert (job / "metrics.jsonl").is_file()
    begin_job(tmp_path / "new")
    assert is_interrupted(tmp_path / "new")
