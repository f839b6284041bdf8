"""A run without jobs left is recognised, and refused where its files are damaged."""

import shutil
from pathlib import Path

import pytest

from mpcl_core.app.running.finished_run import FinishedRun, find_finished_run
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.runs.digests import digest_of_run
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.shard import WHOLE, Shard


@pytest.fixture
def finished(fitted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fitted / "run", tmp_path / "run"))


def find(folder: Path, shard: Shard = WHOLE) -> tuple[FinishedRun | None, list[str]]:
    messages: list[str] = []
    return find_finished_run(RunFolder(folder), shard, ProgressDisplay(messages.append)), messages


def test_complete_run_is_found_with_its_results_and_digest(finished: Path) -> None:
    found, messages = find(finished)
    assert messages == [f"{finished} is complete: there is nothing to do."]
    assert found is not None
    assert (found.folder, found.failed, found.digest) == (finished, [], digest_of_run(finished))
    assert found.results


def test_shard_without_jobs_left_is_named(finished: Path) -> None:
    found, messages = find(finished, Shard(2, 3))
    assert found is not None
    assert messages == [f"{finished} is complete, as far as shard 2/3 is concerned: there is nothing to do."]


def test_run_that_lacks_a_job_or_was_not_finished_is_not_found(finished: Path) -> None:
    job = next((finished / "jobs" / "own" / "0").iterdir())
    shutil.rmtree(job)
    assert find(finished) == (None, [])
    finished.rename(finished.with_name("run.partial"))
    assert find(finished) == (None, [])


def test_complete_run_with_a_damaged_file_is_refused_with_the_file(finished: Path) -> None:
    (finished / "splits.json").write_text("{")
    with pytest.raises(UserError, match="damaged or contradict each other") as error:
        find(finished)
    assert "splits.json: cannot be read, so no job was checked" in str(error.value)
    assert "remove its folder" in str(error.value)


def test_log_of_a_failed_job_is_in_the_finished_folder(tmp_path: Path) -> None:
    job = Job("main", 0, "f0", tmp_path / "run.partial" / "jobs" / "main" / "0" / "f0")
    found = FinishedRun(tmp_path / "run", [], [], "").log_of(JobOutcome(job, {}, 0.0, "boom"))
    assert found.parent == tmp_path / "run" / "jobs" / "main" / "0" / "f0"
