"""A comparison takes runs as they are, and for a recipe its newest complete run where nothing has changed."""

import shutil
from pathlib import Path

import pytest

from mpcl_core.app.comparing import compared_runs
from mpcl_core.app.running import running
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.app.verification import verifying
from mpcl_core.interfaces.errors import RecipeError, UsageError
from mpcl_core.jobs.progress import ProgressDisplay

SETTINGS = RunSettings(jobs=1, figures=False)


@pytest.fixture
def recipe(fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fitted / "run", tmp_path / "runs" / "study" / "20260101T000000Z-a")
    shutil.copy(fitted / "run" / "recipe.yaml", tmp_path / "study.yaml")
    return tmp_path / "study.yaml"


def refuse_to_run(*_: object) -> None:
    raise AssertionError("nothing needs to be run")


def test_runs_are_taken_as_they_are(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run", refuse_to_run)
    stated = [fitted / "run", str(fitted / "run")]
    assert compared_runs(stated, [], SETTINGS, ProgressDisplay(print)) == ([fitted / "run"] * 2, [])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ("model", "model is not a run folder: it has no lock.json"),
        ("describe", "there is no run folder 'describe'; there is no file .* Did you mean 'described'"),
    ],
)
def test_nothing_is_run_where_a_folder_is_no_run(
    other: str, message: str, fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fitted)
    monkeypatch.setattr(running, "run", refuse_to_run)
    with pytest.raises(UsageError, match=message):
        compared_runs(["described", other], [], SETTINGS, ProgressDisplay(print))


def test_recipe_stands_for_its_newest_complete_run(
    recipe: Path, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "runs" / "study" / "20260202T000000Z-a"
    shutil.copytree(fitted / "run", newer)
    shutil.copytree(fitted / "run", newer.with_name("20260303T000000Z-a"))
    next(newer.with_name("20260303T000000Z-a").rglob("cost.json")).unlink()
    monkeypatch.setattr(running, "run", refuse_to_run)
    messages: list[str] = []
    folders, errors = compared_runs([recipe, fitted / "run"], [], SETTINGS, ProgressDisplay(messages.append))
    assert (folders, errors) == ([newer.relative_to(tmp_path), fitted / "run"], [])
    assert messages[-1] == f"{recipe}: {newer.relative_to(tmp_path)} is its newest run"


def test_recipe_is_run_again_where_something_differs(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finished:
        folder, failed = Path("runs/study/new"), ()

    monkeypatch.setattr(running, "run", lambda *_: Finished)
    monkeypatch.setattr(verifying, "run_differences", lambda *_: ["numpy: 1.0 then, 2.0 now"])
    messages: list[str] = []
    folders, _ = compared_runs([recipe], [], SETTINGS, ProgressDisplay(messages.append))
    assert folders == [Path("runs/study/new")]
    assert "differs from a run of today (numpy: 1.0 then, 2.0 now), so the recipe is run again" in messages[-1]


def test_no_recipe_is_run_where_one_has_a_fault(recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run", refuse_to_run)
    (tmp_path / "broken.yaml").write_text("name: x\ntrian: 3\n")
    with pytest.raises(RecipeError, match="trian"):
        compared_runs([recipe, tmp_path / "broken.yaml"], [], SETTINGS, ProgressDisplay(print))
