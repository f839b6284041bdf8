"""A run is compared with what is here now; what cannot be compared is stated and the files are checked all the same."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from mpcl_core.app.verification import verifying
from mpcl_core.app.verification.verifying import Verification, verify
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.runs import integrity, predictions
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.manifest_diff import Difference
from mpcl_core.toolkit.archives import read_arrays


@pytest.fixture
def run(fitted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fitted / "run", tmp_path / "run"))


def silent(_: str) -> None: ...


def test_answer_lists_differences_then_the_fault_then_problems() -> None:
    found = Verification(
        Path("run"),
        [Difference("version", "numpy", "1.0", "2.0")],
        "not checked",
        [FileProblem("summary.csv", "changed")],
        ["notes.txt"],
    )
    assert found.lines == [str(Difference("version", "numpy", "1.0", "2.0")), "not checked", "summary.csv: changed"]
    assert found.as_json() == {
        "run": "run",
        "same": False,
        "differences": [{"what": "numpy", "then": "1.0", "now": "2.0"}],
        "fault": "not checked",
        "flaws": [{"file": "summary.csv", "what": "changed"}],
        "foreign_files": ["notes.txt"],
    }
    assert Verification(Path("run"), [], "", [], ["notes.txt"]).as_json()["same"]


def test_run_that_was_not_changed_has_no_differences_and_is_read_twice_at_most(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[Path] = Counter()
    for module in (integrity, predictions):
        monkeypatch.setattr(
            module, "read_arrays", lambda file, *names: (read.update([file]), read_arrays(file, *names))[1]
        )
    monkeypatch.setattr(verifying, "find_other_predictions", lambda *_: [])  # reads some jobs once more
    assert verify(run, [], silent).lines == []
    files = list(run.glob("jobs/*/*/*/predictions.npz"))
    assert files
    assert {read[file] for file in files} == {2}


def test_run_that_is_not_complete_is_refused_with_the_command_that_finishes_it(run: Path) -> None:
    partial = run.rename(run.with_name("run.partial"))
    with pytest.raises(UsageError, match=r"is not complete: finish it with 'mpcl run --resume \S+run'"):
        verify(partial, [], silent)


def test_recipe_that_cannot_be_run_now_is_a_fault_and_files_are_checked(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> None:
        raise DataError("no such file", Path("film.csv"))

    monkeypatch.setattr(verifying, "check", absent)
    (run / "recipe.yaml").write_text((run / "recipe.yaml").read_text() + "\n# changed\n")
    found = verify(run, [], silent)
    assert found.fault == "the recipe of the run cannot be run now: film.csv: no such file"
    assert "recipe.yaml" in [problem.file for problem in found.problems]
