"""Audit a run as it was made, and report what has changed since."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.data.plan import Study
from mpcl_core.leaks.finished_run import find_changes, use_tested_windows
from mpcl_core.leaks.shared_windows import find_shared_windows
from mpcl_core.runs.manifest import ComponentRecord
from support.audit_study import codes, fold, notices, with_folds, with_noise
from support.hand_made_runs import end_job, finish, manifest, study
from support.split_study import grid

NOW = manifest(study("main", data_hash="d", split_hash="s")).model_copy(
    update={"components": {"estimator knn": ComponentRecord(owner="mpcl_plugins.estimators", sha256="k")}}
)
STUDY = with_folds(with_noise(grid(3, 2)), [fold(range(8, 24), range(8), label="S1")])


def write_predictions(run: Path, rows: list[int]) -> Path:
    folder = run / "jobs" / "main" / "0" / "S1"
    folder.mkdir(parents=True)
    np.savez(folder / "predictions.npz", row=np.array(rows))
    end_job(folder)
    return run


def messages(**then: Any) -> list[str]:
    return [notice.message for notice in find_changes(NOW.model_copy(update=then), NOW)]


def test_changes_since_the_run_are_messages() -> None:
    assert messages() == []
    (about,) = NOW.studies
    (data,) = messages(studies=[about.model_copy(update={"data_hash": "other"})])
    assert data == "the data of main: other then, d now; the audit examines the current state"
    (folds,) = messages(studies=[about.model_copy(update={"split_hash": "other"})])
    assert folds.startswith("the folds of main: other then, s now")
    owner, code = messages(components={})
    assert owner.startswith("the owner of estimator knn: absent then, mpcl_plugins.estimators now")
    assert code.startswith("the code of estimator knn: absent then, k now")
    assert messages(packages={"torch": "1.0"}) == [], "an audit is not about versions"


def test_audit_uses_the_windows_that_the_run_tested(tmp_path: Path) -> None:
    same, none = use_tested_windows(STUDY, write_predictions(tmp_path / "same", [7, 6, 5, 4, 3, 2, 1, 0]))
    assert (same, none) == (STUDY, [])
    assert use_tested_windows(STUDY, tmp_path / "nothing stored") == (STUDY, [])
    tested, found = use_tested_windows(STUDY, write_predictions(tmp_path / "other", [0, 1, 8, 99]))
    assert tested.folds[0].test.tolist() == [0, 1, 8]
    assert notices(found) == {"changed-since"}
    assert codes(list(find_shared_windows(tested))) == {"shared-row (a)", "shared-trial (a)", "shared-subject (a)"}
    assert codes(list(find_shared_windows(STUDY))) == set()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited")
    (folder / "r.yaml").write_text(
        "name: r\nsource: {use: simulated, subjects: 3, trials: 4, seconds: 12}\n"
        "prepare: [{use: window, length: 4.0}]\nprotocol: {use: random_windows}\nestimator: {use: knn}\n"
        "references: {uniform: null, mean: null, knn: null}\n"
    )
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "run"), "--jobs=1", "--no-figures"]) == 0
    return folder / "run"


@pytest.mark.slow
def test_audit_of_a_run_is_written_to_its_folder(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(finished)]) == 1
    out, err = capsys.readouterr()
    stored = json.loads((finished / "audit.json").read_text())
    assert stored["leak"]
    assert [finding["code"] for finding in stored["findings"]] == ["shared-trial (a)"]
    assert stored["notices"] == []
    for part in ("shared-trial (a)", "36", "hold out whole trials", "1 leak found"):
        assert part in out
    assert "(a, d) windows, trials and subjects on both sides of a fold" in err


def test_usage_errors_exit_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path)]) == 2
    assert "is not a run folder: it has no lock.json" in capsys.readouterr().err
    finish(tmp_path, study("main"))
    assert main(["audit", str(tmp_path), "--set", "seeds=[1]"]) == 2
    assert "a run is audited as it was" in capsys.readouterr().err
    assert main(["audit", str(tmp_path / "nothing.yaml")]) == 2


def test_help_names_recipe_and_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["audit", "--help"])
    assert stop.value.code == 0
    assert "RECIPE|RUN" in capsys.readouterr().out


def test_predictions_of_other_studies_are_ignored(tmp_path: Path) -> None:
    other: Study = replace(STUDY, variants=("other",))
    assert use_tested_windows(other, write_predictions(tmp_path, [0, 8])) == (other, [])
