"""Files of runs are told from recordings."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import MANIFEST, RECIPE
from mpcl_core.runs.result_files import check_no_results, find_run, result_files


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "study" / "runs" / "a"
    (run / "jobs").mkdir(parents=True)
    for name in (MANIFEST, RECIPE, "jobs/predictions.npz"):
        (run / name).touch()
    (tmp_path / "study" / "film.csv").touch()
    return run


def test_run_is_found_from_any_path_in_it(run: Path) -> None:
    assert find_run(run) == find_run(run / "jobs" / "predictions.npz") == run
    assert find_run(run.parent) is None
    with pytest.raises(UsageError, match="a is a run folder, which holds results and no recordings"):
        check_no_results(run)
    with pytest.raises(UsageError, match="jobs lies in the run folder"):
        check_no_results(run / "jobs")
    check_no_results(run.parents[1])


def test_files_of_runs_below_a_folder_are_listed(run: Path) -> None:
    found = result_files(run.parents[1])
    assert {file.name for file in found} == {MANIFEST, RECIPE, "jobs", "predictions.npz"}


def test_manifest_of_another_program_makes_no_run(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).touch()
    assert (find_run(tmp_path), result_files(tmp_path)) == (None, set())
