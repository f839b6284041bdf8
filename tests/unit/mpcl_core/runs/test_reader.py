"""Read run folders made by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)
UNIFORM = np.full(D.shape, 1 / 3)
VARIANTS = {"net": {}, "near": {"estimator": {"use": "knn"}}}


@pytest.fixture
def run(tmp_path: Path) -> RunReader:
    predict(tmp_path, "mean", D, UNIFORM)
    predict(tmp_path, "near", D, UNIFORM)
    for seed in (0, 10, 2):
        predict(tmp_path, "net", D, near(D, [0.1] * 8), seed)
    return RunReader(finish(tmp_path, study("mean", "net", "near"), variants=VARIANTS, source={"use": "toy"}))


def test_variants_are_resolved_in_the_manifest(run: RunReader) -> None:
    assert run.own_variants == ["net", "near"]
    assert run.resolved("near")["estimator"] == {"use": "knn"}
    assert run.resolved("net")["source"] == {"use": "toy"}
    assert [run.is_network(name) for name in ("mean", "net", "near")] == [False, True, False]
    assert run.report == run.path / "report.html"


def test_predictions_are_joined_over_folds_by_increasing_seed(run: RunReader) -> None:
    found = dict(run.seed_predictions("net"))
    assert list(found) == [0, 2, 10]
    assert all(np.array_equal(np.sort(seed.row), np.arange(16)) for seed in found.values())
    assert list(run.seed_predictions("absent")) == []


def test_jobs_without_a_cost_are_unfinished(run: RunReader) -> None:
    (about,) = run.studies
    assert run.n_unfinished("net", about) == 0
    (run.finished_jobs("net")[0] / "cost.json").unlink()
    assert run.n_unfinished("net", about) == 1
    assert len(run.finished_jobs("net")) == 5


def test_damaged_predictions_are_one_message_that_names_the_file(run: RunReader) -> None:
    file = run.finished_jobs("net")[0] / "predictions.npz"
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(UsageError, match=r"predictions\.npz cannot be read: BadZipFile") as error:
        list(run.seed_predictions("net"))
    assert str(file) in str(error.value)


def test_journals_costs_and_robustness_are_read_where_they_are(run: RunReader) -> None:
    first, second, *_ = run.finished_jobs("net")
    (first / "metrics.jsonl").write_text('{"epoch": 1}\n{"phase": "test"}\n')
    (second / "robustness.jsonl").write_text('{"kind": "all"}\n')
    assert list(run.journals("net")) == [[{"epoch": 1}, {"phase": "test"}]]
    assert run.costs("net") == [{"seconds": 1.0}]
    assert list(run.robustness_lines("net")) == [(0, {"kind": "all"})]
    assert run.weight_counts("net") == []
    assert run.audit() is None
    (run.path / "audit.json").write_text(json.dumps({"leak": False}))
    assert run.audit() == {"leak": False}


def test_drawn_variant_is_the_first_with_diagnostics(run: RunReader) -> None:
    drawn = RunReader(run.path).drawn_variant
    assert drawn is not None
    assert (drawn.variant, drawn.seed, drawn.fold, len(drawn.D)) == ("net", 0, "", 0)
    job = run.finished_jobs("near")[1]
    np.savez(job / "diagnostics.npz", index=np.array([1, 0]), view=np.ones((2, 3)))
    drawn = RunReader(run.path).drawn_variant
    assert drawn is not None
    assert (drawn.title, drawn.job, drawn.labels) == ("hand, near", "near, seed 0, fold b", ["joy", "calm", "fear"])
    assert np.array_equal(drawn.D, D[6:][[1, 0]])
    assert set(drawn.diagnostics) == {"index", "view"}
