"""A run is audited as it was, and what has changed since is said."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.audit.finished_run import find_changes, use_tested_windows
from mpcl_core.audit.shared_windows import shared
from mpcl_core.cli.main import main
from mpcl_core.data.plan import Study
from support.audit_study import codes, fold, notices, with_folds, with_noise
from support.split_study import grid

NOW: dict[str, Any] = {
    "studies": [{"variants": ["main"], "data_hash": "d", "split_hash": "s"}],
    "components": {"estimator knn": {"owner": "mpcl_plugins.estimators", "sha256": "k"}},
}
STUDY = with_folds(with_noise(grid(3, 2)), [fold(range(8, 24), range(8), label="S1")])


def stored(run: Path, rows: list[int]) -> Path:
    folder = run / "jobs" / "main" / "0" / "S1"
    folder.mkdir(parents=True)
    np.savez(folder / "predictions.npz", row=np.array(rows))
    return run


def said(then: dict[str, Any]) -> list[str]:
    return [notice.what for notice in find_changes(then, NOW)]


def test_what_has_changed_since_the_run_is_said() -> None:
    assert said(NOW) == []
    (study,) = NOW["studies"]
    (data,) = said({**NOW, "studies": [{**study, "data_hash": "other"}]})
    assert data == "the data of main: other then, d now: what is audited is what is there now"
    (folds,) = said({**NOW, "studies": [{**study, "split_hash": "other"}]})
    assert folds.startswith("the folds of main: other then, s now")
    owner, code = said({**NOW, "components": {}})
    assert owner.startswith("the owner of estimator knn: nothing then, mpcl_plugins.estimators now")
    assert code.startswith("the code of estimator knn: nothing then, k now")
    assert said({**NOW, "packages": {"torch": "1.0"}}) == [], "an audit is not about versions"


def test_the_rows_that_a_run_tested_are_those_that_are_audited(tmp_path: Path) -> None:
    same, none = use_tested_windows(STUDY, stored(tmp_path / "same", [7, 6, 5, 4, 3, 2, 1, 0]))
    assert (same, none) == (STUDY, [])
    assert use_tested_windows(STUDY, tmp_path / "nothing stored") == (STUDY, [])
    study, said = use_tested_windows(STUDY, stored(tmp_path / "other", [0, 1, 8, 99]))
    assert study.folds[0].test.tolist() == [0, 1, 8]
    assert notices(said) == {"changed-since"}
    assert codes(list(shared(study))) == {"shared-row (a)", "shared-trial (a)", "shared-subject (a)"}
    assert codes(list(shared(STUDY))) == set()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited")
    (folder / "r.yaml").write_text(
        "name: r\nsource: {use: simulated, subjects: 3, trials: 4, seconds: 12}\n"
        "prepare: [{use: window, length: 4.0}]\nprotocol: {use: random_windows}\nestimator: {use: knn}\n"
        "references: {uniform: null, mean: null, knn: null}\n"
    )
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "run"), "--jobs=1"]) == 0
    return folder / "run"


@pytest.mark.slow
def test_the_audit_of_a_run_is_kept_in_its_folder(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(finished)]) == 1
    out, err = capsys.readouterr()
    kept = json.loads((finished / "audit.json").read_text())
    assert kept["leak"]
    assert [finding["code"] for finding in kept["findings"]] == ["shared-trial (a)"]
    assert kept["notices"] == []
    for part in ("shared-trial (a)", "36", "hold out whole trials", "1 leak found"):
        assert part in out
    assert "(a, d) what is on both sides of a fold" in err


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path)]) == 2
    assert "is no run folder: it has no lock.json" in capsys.readouterr().err
    for name in ("recipe.yaml", "lock.json"):
        (tmp_path / name).write_text("")
    assert main(["audit", str(tmp_path), "--set", "seeds=[1]"]) == 2
    assert "a run is audited as it was" in capsys.readouterr().err
    assert main(["audit", str(tmp_path / "nothing.yaml")]) == 2


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["audit", "--help"])
    assert stop.value.code == 0
    assert "RECIPE|RUN" in capsys.readouterr().out


def test_a_study_of_other_rows_is_another(tmp_path: Path) -> None:
    other: Study = replace(STUDY, variants=("other",))
    assert use_tested_windows(other, stored(tmp_path, [0, 8])) == (other, [])
