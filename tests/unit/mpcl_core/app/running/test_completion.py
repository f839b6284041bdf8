"""The jobs that a begun run lacks are run, and its tables are written once none is left."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.app.inspection.checking import check
from mpcl_core.app.running import completion
from mpcl_core.app.running.completion import complete
from mpcl_core.app.running.finished_run import FinishedRun
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.data.plan import Task
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.recipe.load import load
from mpcl_core.runs.digests import digest_of_run
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.manifest_diff import ManifestError
from mpcl_core.runs.shard import WHOLE, Shard
from support.fitted_study import RECIPE, SETS


@pytest.fixture
def begun(fitted: Path, tmp_path: Path) -> Path:
    """A run that was stopped before its last job was run and its tables were written."""
    partial = Path(shutil.copytree(fitted / "run", tmp_path / "run.partial"))
    (partial / "summary.csv").unlink()
    shutil.rmtree(max((partial / "jobs" / "own" / "0").iterdir()))
    return tmp_path / "run"


def completed(folder: Path, *sets: str, shard: Shard = WHOLE, repeated: Path | None = None) -> FinishedRun:
    checked, run = check(load(RECIPE, [*SETS, *sets])), RunFolder(folder)
    settings = RunSettings(device="cpu", jobs=1, figures=False, shard=shard)
    with run.claimed(shard):
        return complete(checked, run, settings, ProgressDisplay(lambda _: None), repeated)


def failing(_: Any, __: Any, tasks: Sequence[Task], *___: Any) -> list[JobOutcome]:
    return [JobOutcome(task.job, {}, 0.0, f"{task.job.folder}: boom") for task in tasks]


def test_only_the_missing_job_is_run_and_then_the_tables_are_written(
    fitted: Path, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Task] = []
    run_tasks = completion.run_tasks
    monkeypatch.setattr(completion, "run_tasks", lambda *of: (ran.extend(of[2]), run_tasks(*of))[1])
    found = completed(begun)
    assert [task.job.variant for task in ran] == ["own"]
    assert (found.folder, found.failed, found.digest) == (begun, [], digest_of_run(begun))
    assert (begun / "summary.csv").read_bytes() == (fitted / "run" / "summary.csv").read_bytes()


def test_what_differs_from_the_manifest_is_refused_before_a_job_is_run(
    fitted: Path, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "run_tasks", None)
    with pytest.raises(ManifestError, match="seeds"):
        completed(begun, "seeds=[1]")
    new = RunFolder(tmp_path / "new")
    new.make("", [])
    with pytest.raises(ManifestError, match="seeds"):
        completed(new.folder, "seeds=[1]", repeated=fitted / "run")
    assert not (new.partial / "manifest.json").exists()


def test_failed_job_is_named_by_its_path_in_the_finished_folder(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "run_tasks", failing)
    (failure,) = completed(begun).failed
    assert failure.error.startswith(f"{begun / 'jobs' / 'own' / '0'}/")


def test_shard_leaves_the_jobs_of_others_and_the_last_one_reports_their_failures(begun: Path) -> None:
    shutil.rmtree(begun.with_name("run.partial") / "jobs")
    first = completed(begun, shard=Shard(1, 2))
    assert (first.done, first.left, first.digest) == (2, 2, "")
    assert not begun.exists()
    next(begun.with_name("run.partial").glob("jobs/own/0/*/predictions.npz")).unlink()  # as if that job had failed
    last = completed(begun, shard=Shard(2, 2))
    assert (last.done, last.left, last.folder.is_dir()) == (2, 0, True)
    assert [failure.error.partition("job own/0/")[2].split(maxsplit=1)[1] for failure in last.failed] == [
        "failed in another shard"
    ]
