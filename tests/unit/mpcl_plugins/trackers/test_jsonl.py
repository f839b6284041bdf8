"""The tracker of JSON lines: one file for all jobs, whose lines stay intact."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.interfaces.data import Job
from support.trackers import EPOCH, RECIPE, found, play


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "20260101T000000Z-abc.partial" / "jobs" / "main" / "0" / "s01"
    folder.mkdir(parents=True)
    return Job("main", 0, "s01", folder)


def test_json_lines_of_all_jobs_are_in_one_file(job: Job) -> None:
    play(found("jsonl").manager.hook, job)
    lines = [json.loads(line) for line in (job.folder.parents[3] / "events.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "job_started",
        *["epoch_ended"] * 4,
        "job_started",
        "epoch_ended",
        "job_ended",
    ]
    assert all((line["variant"], line["seed"], line["fold"]) == ("main", 0, "s01") for line in lines)
    assert lines[2]["validation_kl"] == 0.5
    assert lines[-1]["kl_divergence"] == 0.125
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)


def test_a_failure_is_logged(job: Job) -> None:
    found("jsonl").manager.hook.mpcl_job_failed(job=job, error="RuntimeError: boom")
    (line,) = (job.folder.parents[3] / "events.jsonl").read_text().splitlines()
    assert json.loads(line)["event"] == "job_failed"
    assert json.loads(line)["error"] == "RuntimeError: boom"


def test_concurrent_lines_stay_intact(job: Job) -> None:
    hook = found("jsonl").manager.hook
    long = {**EPOCH, **{f"objective_{i}": 0.1 * i for i in range(300)}}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda epoch: hook.mpcl_epoch_ended(job=job, epoch=epoch, metrics=long), range(200)))
    lines = (job.folder.parents[3] / "events.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["epoch"] for line in lines) == list(range(200))


@pytest.mark.slow
def test_jobs_in_two_processes_write_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, out = tmp_path / "r.yaml", tmp_path / "out"
    recipe.write_text(RECIPE)
    assert main(["run", str(recipe), "--out", str(out), "--jobs=2", "--no-figures", "--track", "jsonl"]) == 0
    lines = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    jobs = {(line["variant"], line["fold"]) for line in lines if line["event"] == "job_ended"}
    assert jobs == {(name, fold) for name in ("uniform", "mean", "knn", "main") for fold in ("s01", "s02")}
