"""Name the files and folders of a run folder."""

from pathlib import Path

import pytest

from mpcl_core.runs.layout import final, is_partial, job_folder, job_folders, partial, run_of_job


def test_job_folders_are_by_number_of_the_seed_and_label_of_the_fold(tmp_path: Path) -> None:
    wanted = [job_folder(tmp_path, "net", seed, fold) for seed in (2, 10) for fold in ("s1", "s2")]
    for folder in reversed(wanted):
        folder.mkdir(parents=True)
    job_folder(tmp_path, "other", 0, "s1").mkdir(parents=True)
    assert job_folders(tmp_path, "net") == wanted
    assert job_folders(tmp_path, "absent") == []
    assert run_of_job(wanted[0]) == tmp_path


@pytest.mark.parametrize("name", ["run", "run.v2"])
def test_partial_and_final_names_are_inverse(name: str) -> None:
    run = Path("runs") / name
    assert partial(run) == Path("runs") / f"{name}.partial"
    assert final(partial(run)) == final(run) == run
    assert is_partial(partial(run))
    assert not is_partial(run)
