"""The tables of a run are written under their names; estimators that ask for a test of networks are named."""

from dataclasses import replace
from pathlib import Path

import pytest

from mpcl_core.app.running.summary_files import robustness_text, summary_texts, write_robustness, write_summary
from mpcl_core.evaluation.run import Run
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from support.hand_made_runs import finish, near, predict, study, truth
from support.specs import block, network, variant_spec


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder, D = tmp_path_factory.mktemp("run"), truth(6)
    predict(folder, "main", D, near(D, [0.2] * 6))
    predict(folder, "mean", D, near(D, [0.9] * 6))
    return Run(finish(folder, study("main", "mean")))


def test_tables_are_written_as_they_are_formatted(run: Run) -> None:
    write_summary(run)
    texts = summary_texts(run)
    assert {"summary.csv", "scores.csv", "summary.md", "summary.tex", "tests.csv"} <= texts.keys()
    for name, text in texts.items():
        assert (run.path / name).read_text(encoding="utf-8") == text
    assert "hand" in texts["summary.md"]


def test_run_without_error_bars_has_no_table_of_their_coverage(run: Run) -> None:
    assert not run.coverage
    assert "coverage.csv" not in summary_texts(run)


def test_estimator_that_asks_for_robustness_is_named_and_no_table_is_written(run: Run) -> None:
    asked = replace(variant_spec("mean", block(Mean), block(Simulated), block(LOSO)), robustness=RobustnessSettings())
    messages: list[str] = []
    write_robustness(run, {"mean": asked}, messages.append)
    assert messages == ["Not tested for robustness, since an estimator is not a network: mean."]
    assert not (run.path / "robustness.csv").exists()


def test_network_that_was_tested_has_a_table(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = variant_spec("main", network(), block(Simulated), block(LOSO))
    messages: list[str] = []
    write_robustness(run, {"main": spec}, messages.append)
    assert messages == []
    assert not (run.path / "robustness.csv").exists()
    assert robustness_text(run).count("\n") == 1
