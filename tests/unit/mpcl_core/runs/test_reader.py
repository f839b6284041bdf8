"""Read run folders made by hand."""

import json
from pathlib import Path

import pytest

from mpcl_core.runs.reader import RunReader
from support.readable_run import readable_run


@pytest.fixture
def run(tmp_path: Path) -> RunReader:
    return readable_run(tmp_path)


def test_variants_are_resolved_in_the_manifest(run: RunReader) -> None:
    assert run.own_variants == ["net", "near"]
    assert run.resolved("near")["estimator"] == {"use": "knn"}
    assert run.resolved("net")["source"] == {"use": "toy"}
    assert [run.is_network(name) for name in ("mean", "net", "near")] == [False, True, False]
    assert run.report == run.path / "report.html"


def test_jobs_without_a_cost_are_unfinished(run: RunReader) -> None:
    (about,) = run.studies
    assert run.n_unfinished("net", about) == 0
    (run.finished_jobs("net")[0] / "cost.json").unlink()
    assert run.n_unfinished("net", about) == 1
    assert len(run.finished_jobs("net")) == 5


def test_journals_costs_and_robustness_are_read_where_they_are(run: RunReader) -> None:
    first, second, *_ = run.finished_jobs("net")
    (first / "metrics.jsonl").write_text('{"epoch": 1}\n{"phase": "test"}\n')
    line = {"kind": "all", "subject": "s", "modalities": [], "rate": 0, "weight": 1, "kl": 0.5}
    (second / "robustness.jsonl").write_text(json.dumps(line) + "\n")
    assert list(run.journals("net")) == [[{"epoch": 1}, {"phase": "test"}]]
    assert run.costs("net") == [{"seconds": 1.0}]
    assert list(run.robustness_lines("net", ["kl"])) == [(0, line)]
    assert run.weight_counts("net") == []
    assert run.audit() is None
    (run.path / "audit.json").write_text(json.dumps({"leak": False}))
    assert run.audit() == {"leak": False}
