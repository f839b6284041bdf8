"""A run from end to end: what it leaves, and that it repeats itself."""

import json
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.running import running
from mpcl_core.cli.main import main
from support.small_runs import PLUGIN, QUICK, SMALL, numbers, run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "quick"
    assert main(["run", str(QUICK), "--out", str(out), "--jobs=1", "--set", "seeds=[0, 1]", *SMALL]) == 0
    return out


@pytest.mark.slow
def test_numbers_do_not_depend_on_jobs_or_string_hashes(finished: Path, tmp_path: Path) -> None:
    other = run(tmp_path / "other", "--jobs=2", "--set=seeds=[0, 1]", PYTHONHASHSEED="2")
    assert numbers(other) == numbers(finished)


@pytest.mark.slow
def test_run_folder_contains_all_files(finished: Path) -> None:
    assert not list(finished.parent.glob("*.partial"))
    assert {path.name for path in finished.iterdir()} == {
        "recipe.yaml",
        "lock.json",
        "splits.json",
        "jobs",
        "coverage.csv",
        "scores.csv",
        "summary.csv",
        "summary.md",
        "summary.tex",
        "tests.csv",
        "figures",
        "report.html",
        "digests.json",
    }
    figures = {path.stem for path in (finished / "figures").iterdir()}
    assert figures >= {"scores", "learning", "distributions", "cooccurrence", "prototypes", "assignment"}
    assert figures >= {"attention-physiological", "retrieval-pcl"}
    jobs = {str(path.parent.relative_to(finished / "jobs")) for path in finished.rglob("predictions.npz")}
    assert len(jobs) == 3 * 3 + 2 * 3
    manifest = json.loads((finished / "lock.json").read_text())
    assert manifest["packages"]["torch"].startswith("2.")
    assert manifest["components"]["encoder conv_tokens"]["owner"] == "mpcl_plugins.encoders"
    (study,) = manifest["studies"]
    assert study["is_simulated"]
    assert study["grade"] == "subject-independent"


@pytest.mark.slow
def test_every_window_is_tested_once(finished: Path) -> None:
    rows = [np.load(path)["row"] for path in (finished / "jobs" / "main" / "0").rglob("predictions.npz")]
    everything = np.concatenate(rows)
    assert len(np.unique(everything)) == len(everything)
    assert len(everything) == json.loads((finished / "lock.json").read_text())["studies"][0]["n_windows"]


@pytest.mark.slow
def test_summary_has_baselines_network_and_seed_average(finished: Path) -> None:
    text = (finished / "summary.md").read_text()
    for name in ("uniform", "mean", "knn", "main", "main+seeds"):
        assert f"| {name} |" in text
    assert "SIMULATED" in text


@pytest.mark.slow
def test_resolved_recipe_repeats_the_run(finished: Path, tmp_path: Path) -> None:
    assert (
        main(["run", str(finished / "recipe.yaml"), "--out", str(tmp_path / "again"), "--jobs=1", "--no-figures"]) == 0
    )
    assert numbers(tmp_path / "again") == numbers(finished)
    assert (tmp_path / "again" / "report.html").is_file()
    assert not (tmp_path / "again" / "figures").exists(), "--no-figures"
    assert (tmp_path / "again" / "recipe.yaml").read_text() == (finished / "recipe.yaml").read_text()


@pytest.mark.slow
def test_existing_folder_is_not_overwritten(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(finished.rglob("*"))
    assert main(["run", str(QUICK), "--out", str(finished), *SMALL]) == 2
    assert "exists; a run needs a folder of its own" in capsys.readouterr().err
    assert sorted(finished.rglob("*")) == before


@pytest.mark.slow
def test_failed_job_is_logged_and_the_others_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fails.py").write_text(PLUGIN)
    (tmp_path / "r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nplugins: [fails.py]\n"
        "variants: {good: {estimator: {use: mean}}, bad: {estimator: {use: fails}}}\n"
    )
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "r.yaml"), "--out", str(out), "--jobs=1", "--no-figures", *SMALL[:3]]) == 1
    err = capsys.readouterr().err
    assert "RuntimeError: boom" in err
    log = next((out / "jobs" / "bad").rglob("job.log"))
    assert "Traceback" in log.read_text()
    assert "good" in (out / "summary.csv").read_text()
    assert "an observer of mpcl_job_ended failed" in next((out / "jobs" / "good").rglob("job.log")).read_text()


@pytest.mark.slow
def test_runs_in_the_same_second_get_different_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Stopped":
            return cls(2026, 1, 1, tzinfo=tz)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "datetime", Stopped)
    Path("r.yaml").write_text(f"extends: {QUICK}\nname: r\nestimator: {{use: mean}}\n")
    for _ in range(3):
        assert main(["run", "r.yaml", "--jobs=1", "--no-figures", *SMALL[:3]]) == 0
    names = sorted(path.name for path in Path("runs/r").iterdir())
    assert [name.partition("-")[2].partition("-")[2] for name in names] == ["", "2", "3"]


@pytest.mark.slow
def test_fail_fast_stops_and_keeps_finished_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fails.py").write_text(PLUGIN)
    (tmp_path / "r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nplugins: [fails.py]\n"
        "variants: {bad: {estimator: {use: fails}}, never: {estimator: {use: mean}}}\n"
    )
    out = tmp_path / "out"
    assert (
        main(
            ["run", str(tmp_path / "r.yaml"), "--out", str(out), "--jobs=1", "--no-figures", "--fail-fast", *SMALL[:3]]
        )
        == 1
    )
    assert "RuntimeError: boom" in capsys.readouterr().err
    assert not (out / "jobs" / "never").exists()
    assert "uniform" in (out / "summary.csv").read_text()


@pytest.mark.slow
def test_partial_folder_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out.partial").mkdir()
    assert main(["run", str(QUICK), "--out", str(tmp_path / "out"), "--jobs=1", "--no-figures", *SMALL]) == 2
    assert "was left by a run that was stopped" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["run", str(QUICK), "--out", str(tmp_path / "file" / "out"), "--jobs=1", "--no-figures", *SMALL]) == 2
    assert "cannot be made: Not a directory" in capsys.readouterr().err


@pytest.mark.slow
def test_grades_have_separate_tables(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nvariants:\n"
        "  honest: {estimator: {use: mean}}\n"
        "  leaky: {estimator: {use: mean}, protocol: {use: random_windows}}\n"
    )
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "r.yaml"), "--out", str(out), "--jobs=1", "--no-figures", *SMALL[:3]]) == 0
    text = (out / "summary.md").read_text()
    assert "## r: subject-independent" in text
    assert "## r: leaky" in text
    assert "leaky.knn" in text
