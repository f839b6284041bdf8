"""A run appears when it is whole: refused runs leave nothing, and complete ones are not run again."""

import shutil
from pathlib import Path

import pytest

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.app.running.running import repeated_run, resume, run
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.interfaces.errors import RecipeError, UsageError
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.recipe.load import load
from mpcl_core.runs.digests import digest_of_run
from support.fitted_study import RECIPE, SETS

SETTINGS = RunSettings(jobs=1, figures=False)


def silent() -> ProgressDisplay:
    return ProgressDisplay(lambda _: None)


def checked(*sets: str) -> CheckedRecipe:
    return check(load(RECIPE, [*SETS, *sets]))


@pytest.fixture
def finished(fitted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fitted / "run", tmp_path / "run"))


def test_existing_folder_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="run"):
        run(checked(), tmp_path / "run", SETTINGS, silent())
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_run_that_cannot_begin_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="folds"):
        run(checked("protocol.folds=20"), tmp_path / "run", SETTINGS, silent())
    assert list(tmp_path.iterdir()) == []


def test_device_that_is_not_there_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no device 'tpu'"):
        run(checked(), tmp_path / "run", RunSettings(device="tpu"), silent())
    assert list(tmp_path.iterdir()) == []


def test_complete_run_is_not_run_again(finished: Path) -> None:
    messages: list[str] = []
    found = resume(finished, SETTINGS, ProgressDisplay(messages.append))
    assert messages == [f"{finished} is complete: there is nothing to do."]
    assert (found.folder, found.digest) == (finished, digest_of_run(finished))


def test_repeated_run_is_the_folder_of_the_recipe(finished: Path, tmp_path: Path) -> None:
    assert repeated_run(finished / "recipe.yaml") == finished
    with pytest.raises(UsageError, match="--locked needs the manifest beside the recipe"):
        repeated_run(tmp_path / "recipe.yaml")
