"""``mpcl export-predictions`` writes truth and prediction of every test window into one table."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from support.hand_made_runs import finish, near, predict, study, truth


@pytest.fixture
def run(tmp_path: Path) -> Path:
    D = truth(6)
    predict(tmp_path / "run", "main", D, near(D, [0.2] * 6), window=np.arange(12))
    return finish(tmp_path / "run", study("main"))


def test_each_test_window_is_a_row(run: Path, tmp_path: Path) -> None:
    assert main(["export-predictions", str(run), "--out", str(tmp_path / "p.csv")]) == 0
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert {row["variant"] for row in rows} == {"main"}
    assert main(["export-predictions", str(run), "--out", str(tmp_path / "p.json")]) == 0
    assert json.loads((tmp_path / "p.json").read_text())


@pytest.mark.parametrize("name", ["p.txt", "p"])
def test_other_kinds_of_files_are_refused(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-predictions", str(run), "--out", str(run.parent / name)]) == 2
    assert ".csv" in capsys.readouterr().err
    assert not (run.parent / name).exists()


def test_run_whose_jobs_have_not_finished_has_nothing_to_write(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in run.rglob("predictions.npz"):
        file.unlink()
    assert main(["export-predictions", str(run), "--out", str(tmp_path / "p.csv")]) == 2
    assert "has no predictions: no job has finished" in capsys.readouterr().err
