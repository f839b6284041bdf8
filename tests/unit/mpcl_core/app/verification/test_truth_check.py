"""Compare the truth, weights and names that a run stores with the data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.app.verification.truth_check import find_false_truth
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.reader import RunReader
from support.audit_study import fold, with_folds, with_noise
from support.hand_made_runs import finish, study
from support.split_study import grid

WINDOWS = with_noise(grid(3, 2))
FOLD = fold(range(8, 24), range(8), label="S1")


def run_with(folder: Path, **changes: Any) -> RunReader:
    test = WINDOWS.take(FOLD.test)
    names = ("D", "weight", "subject", "trial", "window")
    arrays = {**{name: getattr(test, name) for name in names}, "row": FOLD.test, "D_pred": test.D}
    job = folder / "jobs" / "main" / "0" / "S1"
    job.mkdir(parents=True)
    np.savez(job / "predictions.npz", **{**arrays, **changes})
    return RunReader(finish(folder, study("main")))


def problems(run: RunReader) -> list[str]:
    studies = [with_folds(WINDOWS, [FOLD])]
    jobs = run.finished_jobs("main")
    return [str(problem) for job in jobs for problem in find_false_truth(job, read_job_arrays(job), studies)]


def test_true_predictions_have_no_problems(tmp_path: Path) -> None:
    assert problems(run_with(tmp_path, D_pred=np.full((8, 2), [0.1, 0.9]))) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("D", np.full((8, 2), [0.4, 0.6])),
        ("weight", np.full(8, 2.0)),
        ("subject", np.full(8, "S2")),
        ("trial", np.full(8, "t9")),
        ("window", np.arange(8) + 1),
        ("row", np.arange(8)[::-1]),
    ],
)
def test_false_array_is_reported(name: str, values: np.ndarray, tmp_path: Path) -> None:
    (line,) = problems(run_with(tmp_path, **{name: values}))
    assert "jobs/main/0/S1/predictions.npz" in line
    assert f"'{name}' is not that of the data" in line


def test_unknown_folds_are_passed_over(tmp_path: Path) -> None:
    run = run_with(tmp_path, weight=np.full(8, 2.0))
    job = tmp_path / "jobs" / "main" / "0" / "S1"
    job.rename(job.with_name("S9"))
    assert problems(run) == []
