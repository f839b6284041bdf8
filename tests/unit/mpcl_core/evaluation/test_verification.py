"""Compare the stated numbers of a run with its predictions."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation import verification
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.verification import find_problems
from mpcl_core.reporting.tables import as_csv
from mpcl_core.runs.integrity import FileProblem, OnPredictions
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(4)
D_pred = near(D, [0.1, 0.2, 0.3, 0.4])


def read_only(run: RunReader, on_predictions: OnPredictions) -> list[FileProblem]:
    for job in run.finished_jobs("main"):
        on_predictions(job, read_job_arrays(job))
    return []


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose numbers are right; its files are checked elsewhere."""
    monkeypatch.setattr(verification, "find_file_problems", read_only)
    predict(tmp_path, "main", D, D_pred)
    found = Run(finish(tmp_path, study("main")))
    for job in found.finished_jobs("main"):
        with np.load(job / "predictions.npz") as archive:
            scores = window_scores(archive["D"], archive["D_pred"]).by_metric
            line = {"phase": "test", **micro_mean(scores, archive["weight"])}
        (job / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "summary.csv").write_text(as_csv([score for c in found.comparisons for score in c.scores]))
    return found


def lines(run: Run) -> list[str]:
    return list(map(str, find_problems(run)))


def test_numbers_of_the_predictions_are_no_problem(run: Run) -> None:
    assert lines(run) == []


def test_journal_with_another_number_is_a_problem(run: Run) -> None:
    file = run.finished_jobs("main")[0] / "metrics.jsonl"
    line = json.loads(file.read_text())
    file.write_text(json.dumps({**line, "clark": line["clark"] + 1e-9, "cosine": 2.0}))
    first, second = lines(run)
    assert first.startswith(f"jobs/main/0/a/metrics.jsonl: clark is {line['clark'] + 1e-9}, but {line['clark']}")
    assert second.startswith("jobs/main/0/a/metrics.jsonl: cosine is 2.0, but ")


def test_predictions_that_cannot_be_scored_are_a_problem(run: Run) -> None:
    job = run.finished_jobs("main")[0]
    with np.load(job / "predictions.npz") as archive:
        arrays = dict(archive)
    np.savez(job / "predictions.npz", **{**arrays, "D_pred": arrays["D_pred"] * 2})
    (line,) = lines(run)
    assert "states metrics of predictions that cannot be scored: D_pred" in line


def test_summary_with_another_number_or_line_is_a_problem(run: Run) -> None:
    file = run.path / "summary.csv"
    head, first, *rest, _ = file.read_text().splitlines()
    cells = first.split(",")
    cells[3] = "0.5"
    file.write_text("\n".join([head, ",".join(cells), *rest, "other,leaky,clark,1,,,1,1,1,0"]) + "\n")
    changed, extra, missing = lines(run)
    assert changed.startswith("summary.csv: main chebyshev: mean is 0.5, but ")
    assert extra == "summary.csv: other clark: a line, although there are no predictions"
    assert missing == "summary.csv: main intersection: no line, although there are predictions"


def test_summary_that_cannot_be_read_is_a_problem(run: Run) -> None:
    (run.path / "summary.csv").write_text("nothing\nhere\n")
    assert lines(run) == ["summary.csv: cannot be read: KeyError: 'variant'"]


def test_summary_with_a_cell_of_any_length_is_a_problem(run: Run) -> None:
    (run.path / "summary.csv").write_text("variant,metric\n" + "x" * 200_000 + ",clark\n")
    (line,) = lines(run)
    assert line.startswith("summary.csv: cannot be read: ")
