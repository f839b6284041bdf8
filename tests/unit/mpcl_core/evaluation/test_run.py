"""Read the numbers of a run, as users do."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.running.summary_files import summary_texts
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.evaluation.metrics import METRICS, window_scores
from mpcl_core.evaluation.run import Run, open_run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.figures.distributions import build_figures
from mpcl_core.reporting.report.page import build_page
from mpcl_core.runs import predictions
from support.hand_made_runs import LABELS, finish, near, predict, study, truth

D = truth(8)
MEAN = np.tile(D.mean(0), (len(D), 1))


READING = """
import sys
from pathlib import Path
import mpcl_core
from mpcl_core.reporting.report import write_report
run = mpcl_core.open_run(sys.argv[1])
run.summary(), run.predictions(), mpcl_core.compare(run, on_message=None), write_report(run)
print("torch" in sys.modules)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for variant, D_pred in {"mean": MEAN, "near": near(D, [0.3] * 8)}.items():
        predict(tmp_path, variant, D, D_pred, window=np.arange(16))
    for seed in (0, 1):
        predict(tmp_path, "net", D, near(D, [0.1 + 0.1 * seed] * 8), seed, window=np.arange(16))
    variants = {"net": {}, "near": {"estimator": {"use": "knn"}}}
    return finish(tmp_path, study("mean", "net", "near"), variants=variants)


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setitem(sys.modules, "pandas", None)
    return open_run(folder)


def test_scores_are_of_every_subject_in_every_job(run: Run) -> None:
    scores = run.scores()
    assert list(scores) == ["variant", "seed", "fold", "subject", "metric", "score", "n_windows", "seconds"]
    assert {len(column) for column in scores.values()} == {(2 + 2) * 8 * len(METRICS)}
    mine = (scores["variant"] == "net") & (scores["seed"] == 1) & (scores["subject"] == "s02")
    mine &= scores["metric"] == "clark"
    expected = window_scores(D[4:6], near(D, [0.2] * 8)[4:6]).by_metric["clark"].mean()
    assert scores["score"][mine].tolist() == [pytest.approx(expected, abs=1e-12)]
    assert (scores["fold"][mine].tolist(), scores["n_windows"][mine].tolist()) == (["a"], [2])
    assert set(scores["seconds"]) == {1.0}


def test_summary_is_the_mean_over_subjects_with_its_interval(run: Run) -> None:
    summary = run.summary()
    assert list(summary) == ["variant", "metric", "mean", "low", "high", "n_subjects", "n_seeds", "grade"]
    assert list(dict.fromkeys(summary["variant"].tolist())) == ["mean", "net", "net+seeds", "near"]
    scores = run.scores()
    for variant, n_seeds in {"mean": 1, "net": 2, "near": 1}.items():
        line = (summary["variant"] == variant) & (summary["metric"] == "kl_divergence")
        mine = (scores["variant"] == variant) & (scores["metric"] == "kl_divergence")
        assert summary["mean"][line] == pytest.approx(scores["score"][mine].mean())
        assert summary["low"][line] <= summary["mean"][line] <= summary["high"][line]
        assert (summary["n_subjects"][line].tolist(), summary["n_seeds"][line].tolist()) == ([8], [n_seeds])
    assert set(summary["grade"]) == {"subject-independent"}


def test_predictions_are_a_line_for_every_test_window(run: Run) -> None:
    found = run.predictions()
    columns = ["variant", "seed", "fold", "subject", "trial", "window", "weight"]
    assert list(found) == [*columns, *(f"{kind}_{label}" for kind in ("true", "predicted") for label in LABELS)]
    mine = (found["variant"] == "net") & (found["seed"] == 0)
    order = np.argsort(found["window"][mine])
    D_pred = np.stack([found[f"predicted_{label}"][mine][order] for label in LABELS], axis=1)
    assert np.array_equal(D_pred, near(D, [0.1] * 8))
    assert np.array_equal(np.stack([found[f"true_{label}"][mine][order] for label in LABELS], axis=1), D)


def test_emotions_that_a_study_lacks_are_nan(tmp_path: Path) -> None:
    other = {"window": np.arange(16)}
    predict(tmp_path, "one", D, MEAN, **other)
    predict(tmp_path, "two", D, MEAN, **other)
    about = study("two", labels=["joy", "calm", "pride"], grade="leaky")
    found = open_run(finish(tmp_path, study("one"), about, variants={"one": {}, "two": {}})).predictions()
    assert np.isnan(found["true_pride"][found["variant"] == "one"]).all()
    assert np.isnan(found["true_fear"][found["variant"] == "two"]).all()
    assert not np.isnan(found["true_joy"]).any()


@pytest.mark.slow
def test_tables_are_data_frames_where_pandas_is_installed(folder: Path, run: Run) -> None:
    plain = {name: getattr(run, name)() for name in ("scores", "summary", "predictions")}
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "pandas")
        pandas = pytest.importorskip("pandas")
        for name, columns in plain.items():
            frame = getattr(open_run(folder), name)()
            assert isinstance(frame, pandas.DataFrame)
            assert list(frame.columns) == list(columns)
            for column, values in columns.items():
                assert np.array_equal(frame[column].to_numpy(), values), column
        frame = open_run(folder).scores()
        means = frame[frame["metric"] == "clark"].groupby("variant")["score"].mean()
        assert means["net"] == pytest.approx(open_run(folder).numbers["net", "clark"].mean)


def test_numbers_are_computed_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    comparisons = run.comparisons
    for file in run.path.glob("jobs/*/*/*/predictions.npz"):
        file.unlink()
    assert run.comparisons is comparisons
    assert run.numbers["net", "clark"].n_seeds == 2


def test_paired_tests_and_the_mean_baseline_are_found_by_name(run: Run) -> None:
    (about,) = run.studies
    assert run.mean_baseline(about) == "mean"
    test = run.paired_test("net", "mean")
    assert test is not None
    assert test.wins == 8
    assert run.paired_test("net", "absent") is None


def test_run_without_a_finished_job_has_empty_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    run = open_run(finish(tmp_path, study("net"), variants={"net": {}}))
    assert run.comparisons == []
    assert {len(column) for column in [*run.scores().values(), *run.summary().values()]} == {0}
    assert run.predictions() == {}
    assert run.robustness == []


def test_folder_that_is_not_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a run folder"):
        open_run(str(tmp_path))


def test_tables_figures_and_report_read_each_predictions_file_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = ErrorBars(people=9, radius=0.2, half_widths=(0.2,) * 3, trial_radius=0.1, trial_half_widths=(0.1,) * 3)
    run, reads, read = Run(folder), Counter[Path](), predictions.read_arrays
    for job in run.finished_jobs("net"):
        (job / "error_bars.json").write_text(json.dumps(bars.as_json()))

    def count(file: Path, *names: object) -> object:
        reads[file] += 1
        return read(file, *names)  # type: ignore[arg-type]

    monkeypatch.setattr(predictions, "read_arrays", count)
    assert "coverage.csv" in summary_texts(run)
    assert len(list(build_figures(run))) == 1
    assert "Error of each emotion" in build_page(run)
    assert set(reads) == set(folder.rglob("predictions.npz"))
    assert set(reads.values()) == {1}


@pytest.mark.slow
def test_reading_results_imports_no_torch(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", READING, str(folder)], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr
