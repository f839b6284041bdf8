"""Name the files and folders of a run folder."""

from pathlib import Path

import pytest

from mpcl_core.runs.layout import check_folder_name, final, is_partial, job_folder, job_folders, partial, run_of_job


def test_job_folders_are_by_number_of_the_seed_and_label_of_the_fold(tmp_path: Path) -> None:
    wanted = [job_folder(tmp_path, "net", seed, fold) for seed in (2, 10) for fold in ("s1", "s2")]
    for folder in reversed(wanted):
        folder.mkdir(parents=True)
    job_folder(tmp_path, "other", 0, "s1").mkdir(parents=True)
    assert job_folders(tmp_path, "net") == wanted
    assert job_folders(tmp_path, "absent") == []
    assert run_of_job(wanted[0]) == tmp_path


def test_files_that_are_no_jobs_are_passed_over(tmp_path: Path) -> None:
    job = job_folder(tmp_path, "net", 0, "s1")
    job.mkdir(parents=True)
    for place in (job.parent, job.parent.parent):
        (place / ".DS_Store").touch()
    (job.parent.parent / "notes").mkdir()
    assert job_folders(tmp_path, "net") == [job]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc", "a\\b", "a\0"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a folder"):
        check_folder_name(name)


def test_names_that_are_too_long_for_a_folder_are_refused() -> None:
    assert check_folder_name("é" * 127)
    with pytest.raises(ValueError, match="longer than the name of a folder can be"):
        check_folder_name("é" * 128)


@pytest.mark.parametrize("name", ["run", "run.v2"])
def test_partial_and_final_names_are_inverse(name: str) -> None:
    run = Path("runs") / name
    assert partial(run) == Path("runs") / f"{name}.partial"
    assert final(partial(run)) == final(run) == run
    assert is_partial(partial(run))
    assert not is_partial(run)
