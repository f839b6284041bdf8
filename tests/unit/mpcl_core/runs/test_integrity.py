"""Find missing and damaged files of run folders made by hand."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from mpcl_core.runs.integrity import FileProblem, expected_jobs, find_file_problems, newest_complete_run
from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(4)
SUBJECTS = ["s00", "s01", "s02", "s03"]
FOLDS = {"a": SUBJECTS[:3], "b": SUBJECTS[3:]}


def named_windows(fold: str) -> dict[str, Any]:
    sides = {subject: "test" if subject in FOLDS[fold] else "train" for subject in SUBJECTS}
    numbers = {subject: f"{2 * i}-{2 * i + 1}" for i, subject in enumerate(SUBJECTS)}
    return {subject: {subject: {numbers[subject]: side}} for subject, side in sides.items()}


@pytest.fixture
def run(tmp_path: Path) -> RunReader:
    folder = tmp_path / "run"
    predict(folder, "net", D, near(D, [0.1] * 4), window=np.arange(8))
    for job in folder.glob("jobs/net/0/*"):
        (job / "metrics.jsonl").write_text('{"phase": "test", "clark": 0.1}\n')
        (job / "model").mkdir()
        save_file({"w": np.zeros((2, 3), np.float32)}, job / "model" / "weights.safetensors")
        np.savez(job / "diagnostics.npz", index=np.arange(2))
    folds = [{"label": fold, "rows": named_windows(fold)} for fold in FOLDS]
    splits = {"studies": [{"variants": ["net"], "split_hash": "s", "numbered_by": "window", "folds": folds}]}
    finish(folder, study("net"), variants={"net": {}})
    (folder / "splits.json").write_text(json.dumps(splits))
    return RunReader(folder)


def test_sound_run_has_no_problems(run: RunReader) -> None:
    assert list(find_file_problems(run)) == []
    assert run.weight_counts("net") == [6, 6]
    assert [len(job.windows) for job in expected_jobs(run)] == [6, 2]


def truncate(name: str) -> Callable[[Path], None]:
    def harm(job: Path) -> None:
        (job / name).write_bytes((job / name).read_bytes()[:-40])

    return harm


def other_windows(job: Path) -> None:
    with np.load(job / "predictions.npz") as archive:
        arrays = dict(archive)
    np.savez(job / "predictions.npz", **{**arrays, "window": arrays["window"] + 1})


@pytest.mark.parametrize(
    ("harm", "file", "what"),
    [
        (truncate("predictions.npz"), "predictions.npz", "cannot be read: BadZipFile"),
        (truncate("diagnostics.npz"), "diagnostics.npz", "cannot be read: BadZipFile"),
        (truncate("model/weights.safetensors"), "model/weights.safetensors", "cannot be read: "),
        (
            lambda job: (job / "cost.json").write_text("{}"),
            "cost.json",
            "cannot be read: ValueError: 'seconds' is no number",
        ),
        (lambda job: (job / "cost.json").unlink(), "cost.json", "missing; the job did not finish, see its job.log"),
        (lambda job: (job / "predictions.npz").unlink(), "predictions.npz", "missing; the job did not finish"),
        (lambda job: (job / "metrics.jsonl").write_text('{"epoch": 1}'), "metrics.jsonl", "does not end with the test"),
        (other_windows, "predictions.npz", "holds other windows (6) than its fold tests (6)"),
    ],
)
def test_each_damaged_file_is_one_problem(harm: Callable[[Path], object], file: str, what: str, run: RunReader) -> None:
    harm(run.path / "jobs" / "net" / "0" / "a")
    (problem,) = find_file_problems(run)
    assert problem.file == f"jobs/net/0/a/{file}"
    assert what in problem.what
    assert str(problem) == f"{problem.file}: {problem.what}"


def test_damaged_splits_leave_the_jobs_unchecked(run: RunReader) -> None:
    (run.path / "splits.json").write_text("{")
    (problem,) = find_file_problems(run)
    assert isinstance(problem, FileProblem)
    assert problem.what.startswith("cannot be read, so no job was checked: JSONDecodeError")


def test_lacking_array_is_named(run: RunReader) -> None:
    file = run.path / "jobs" / "net" / "0" / "a" / "predictions.npz"
    with np.load(file) as archive:
        np.savez(file, **{name: archive[name] for name in archive if name not in ("trial", "window")})
    assert [problem.what for problem in find_file_problems(run)] == ["lacks the arrays trial, window"]


@pytest.mark.parametrize("splits", [None, "{"])
def test_predictions_of_each_finished_job_are_handed_on_once(splits: str | None, run: RunReader) -> None:
    jobs = run.path / "jobs" / "net" / "0"
    shutil.copytree(jobs / "a", jobs / "not_listed")
    truncate("predictions.npz")(jobs / "b")
    if splits:
        (run.path / "splits.json").write_text(splits)
    found: list[tuple[str, int]] = []
    list(find_file_problems(run, lambda job, arrays: found.append((job.name, len(arrays["D"])))))
    assert found == [("a", 6), ("not_listed", 6)]


def test_newest_complete_run_is_the_last_whose_jobs_have_all_finished(run: RunReader) -> None:
    runs, text = run.path.parent, run.recipe_text
    assert newest_complete_run(runs, text) == run.path
    assert newest_complete_run(runs, text + "#") is None
    later = runs / "run2"
    later.mkdir()
    (later / "recipe.yaml").write_text(text)
    assert newest_complete_run(runs, text) == run.path, "a folder without a manifest is passed over"
    (run.path / "jobs" / "net" / "0" / "a" / "cost.json").unlink()
    assert newest_complete_run(runs, text) is None
    assert newest_complete_run(runs / "absent", text) is None
