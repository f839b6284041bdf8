"""The report states what each fold of a search tried, chose and cost."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.search_section import build_search_tables
from mpcl_core.runs.search_file import SearchTrial

TRIALS = [
    SearchTrial(trial=0, values={}, state="complete", kl=0.5, kl_by_fold=[0.5], seconds=1.0),
    SearchTrial(
        trial=1, values={"dim": 8, "train.lr": 0.001234567}, state="complete", kl=0.25, kl_by_fold=[], seconds=2.0
    ),
    SearchTrial(
        trial=2, values={"dim": 16}, state="failed", kl=None, kl_by_fold=[], seconds=0.5, error="a loss is NaN"
    ),
]


def run(tried: int) -> Run:
    def begun_jobs(variant: str) -> list[Path]:
        return [Path("jobs", variant, "0", "S1")]

    fields = {"own_variants": ["net"], "n_tried": lambda name: tried, "begun_jobs": begun_jobs}
    return cast("Run", SimpleNamespace(**fields, search_trials=lambda job: TRIALS))


def test_each_fold_states_cost_and_chosen_values() -> None:
    chosen, trials = build_search_tables(run(3))
    (row,) = chosen.rows
    assert row[:6] == ["S1", "0", "3", "0", "1", "3.5"]
    assert row[-1] == "dim = 8, train.lr = 0.001235"
    assert [cells[-1] for cells in trials.rows] == ["as stated", "dim = 8, train.lr = 0.001235", "a loss is NaN"]
    assert trials.is_folded
    assert chosen.notes


def test_run_without_a_search_has_no_tables() -> None:
    assert build_search_tables(run(1)) == []
