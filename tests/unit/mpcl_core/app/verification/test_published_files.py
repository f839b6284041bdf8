"""Compare the tables, figures and report of a run with those that its jobs give."""

from pathlib import Path

import pytest

from mpcl_core.app.running.summary_files import write_summary
from mpcl_core.app.verification import published_files
from mpcl_core.app.verification.published_files import OTHER, find_outdated_files
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write_report
from support.drawn_runs import UNIFORM, D, finish, predict, study


@pytest.fixture
def run(tmp_path: Path) -> Run:
    predict(tmp_path, "uniform", UNIFORM)
    predict(tmp_path, "mean", (D + UNIFORM) / 2)
    made = Run(finish(tmp_path, {"variants": {}}, study("uniform", "mean")))
    write_summary(made)
    write_report(made)
    return made


def draw_one(run: Run, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    (folder / "scores.svg").write_text("<svg/>")
    return [folder / "scores.svg"]


def problems(run: Run) -> dict[str, str]:
    return {problem.file: problem.what for problem in find_outdated_files(Run(run.path))}


def test_run_without_figures_misses_none(run: Run) -> None:
    assert problems(run) == {}


def test_changed_and_missing_files_are_reported(run: Run) -> None:
    for name in ("scores.csv", "summary.md", "report.html"):
        file = run.path / name
        file.write_text(file.read_text().replace("uniform", "other", 1))
    (run.path / "tests.csv").unlink()
    assert problems(run) == {
        "scores.csv": OTHER,
        "summary.md": OTHER,
        "report.html": OTHER,
        "tests.csv": "missing",
    }


def test_figures_are_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_files, "draw", draw_one)
    (drawn,) = draw_one(run, run.path / "figures")
    write_report(run)
    assert problems(run) == {}
    drawn.rename(drawn.with_name("other.svg"))
    write_report(run)
    assert problems(run) == {"figures/scores.svg": "missing", "figures/other.svg": OTHER}


def test_files_that_cannot_be_made_again_are_one_problem(run: Run) -> None:
    (run.path / "jobs" / "mean" / "0" / "f0" / "predictions.npz").write_bytes(b"")
    (what,) = problems(run).values()
    assert what.startswith("tables, figures and report cannot be made again: ")
