"""List the SHA-256 of all files of a run folder, and find the files that have changed."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from mpcl_core.runs.digests import digest_of_run, find_changed_files, find_foreign_files, update_digests, write_digests


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "jobs").mkdir()
    for name in ("lock.json", "jobs/job.log", "report.html"):
        (tmp_path / name).write_text(name)
    write_digests(tmp_path)
    return tmp_path


def problems(run: Path, digest: str = "") -> dict[str, str]:
    return {problem.file: problem.what for problem in find_changed_files(run, digest)}


def test_digest_is_the_hash_of_the_list_of_all_files(run: Path) -> None:
    listed = json.loads((run / "digests.json").read_text())
    assert listed == {name: sha256(name.encode()).hexdigest() for name in ("jobs/job.log", "lock.json", "report.html")}
    assert write_digests(run) == digest_of_run(run) == sha256((run / "digests.json").read_bytes()).hexdigest()
    assert problems(run, digest_of_run(run).upper()) == {}


def test_changed_removed_and_added_files_are_found(run: Path) -> None:
    (run / "lock.json").write_text("other")
    (run / "jobs" / "job.log").unlink()
    (run / "jobs" / "more.csv").write_text("")
    (run / "summary.csv").write_text("")
    (run / "jobs" / ".hidden").write_text("")
    assert problems(run) == {
        "jobs/job.log": "missing, although it was written",
        "jobs/more.csv": "was added after the run",
        "lock.json": "has changed since it was written",
        "summary.csv": "was added after the run",
    }


def test_files_beside_those_of_a_run_are_listed_and_no_problem(run: Path) -> None:
    (run / "notes").mkdir()
    for name in ("notes.txt", "notes/figure.png", ".hidden", "jobs/more.csv"):
        (run / name).write_text("")
    assert find_foreign_files(run) == ["notes.txt", "notes/figure.png"]
    assert problems(run) == {"jobs/more.csv": "was added after the run"}


def test_link_that_leads_to_itself_is_no_file(run: Path) -> None:
    (run / "loop").symlink_to("loop")
    (run / "linked").symlink_to("lock.json")
    assert problems(run) == {}
    assert find_foreign_files(run) == ["linked"]


def test_list_that_was_written_again_differs_from_the_digest(run: Path) -> None:
    digest = digest_of_run(run)
    (run / "lock.json").write_text("other")
    now = write_digests(run)
    assert problems(run) == {}
    assert problems(run, digest) == {"digests.json": f"its SHA-256 is {now}, not {digest}"}


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"'])
def test_damaged_list_is_found_and_not_updated(run: Path, content: str) -> None:
    (run / "digests.json").write_text(content)
    update_digests(run, ["report.html"])
    assert (run / "digests.json").read_text() == content
    assert problems(run)["digests.json"].startswith("cannot be read, so files were not compared with it: ")


def test_update_lists_the_named_files_only(run: Path) -> None:
    for name in ("lock.json", "report.html", "audit.json"):
        (run / name).write_text("other")
    update_digests(run, ["report.html", "audit.json"])
    assert problems(run) == {"lock.json": "has changed since it was written"}


def test_run_without_list_has_no_digest(tmp_path: Path) -> None:
    update_digests(tmp_path, [])
    assert digest_of_run(tmp_path) == ""
    assert problems(tmp_path, "0")["digests.json"].startswith("cannot be read")
