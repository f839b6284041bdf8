"""The search of settings inside a fold: what it chooses, that it goes on after a stop, and that it sees no test window."""

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("optuna")

from mpcl_core import testing
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.jobs.setting_search import SettingSearch
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.runs.search_file import read_search
from mpcl_core.spec.search import SearchSettings, Values
from mpcl_core.spec.variant import SearchSpec, VariantSpec
from mpcl_core.training.held_out import HeldOut
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.steps import run_alone
from mpcl_registry.discover import discover
from support.trainers import FOLD, learnable

pytestmark = pytest.mark.slow

SPACE = {"a": {"low": 0.0, "high": 1.0}, "b": {"low": 1, "high": 9}, "side": ["left", "right"]}
WINDOWS = learnable().take(np.arange(190))
VALIDATION = np.flatnonzero(WINDOWS.subject == WINDOWS.subject[-1])
TRAIN = np.flatnonzero(WINDOWS.subject != WINDOWS.subject[-1])


class Study:
    """Run searches whose trials predict the truth mixed with the mean, the closer to a planted setting the better."""

    def __init__(
        self,
        folder: Path,
        trials: int = 20,
        failing: Sequence[int] = (),
        pruner: str = "NopPruner",
        margin: float | None = None,
    ) -> None:
        block = {"space": SPACE, "trials": trials, "pruner": pruner, "margin": margin}
        settings = SearchSettings.model_validate(block)
        self.columns = WINDOWS
        self.folder, self.failing = folder, failing
        self.values: list[Values] = []
        self.splits: list[InnerSplit] = []
        folder.mkdir(exist_ok=True)
        sides = InnerSplit(TRAIN, VALIDATION)
        self.search = SettingSearch(SearchSpec(settings, self.candidate), self.columns, sides, (0, 0), folder)

    def candidate(self, values: Values) -> VariantSpec:
        self.values.append(values)
        return values  # type: ignore[return-value]

    def trial(self, values: VariantSpec, split: InnerSplit) -> Generator[None, None, HeldOut]:
        if len(self.values) - 1 in self.failing:
            raise UserError("a loss is NaN")
        self.splits.append(split)
        found: Values = values  # type: ignore[assignment]
        truth = self.columns.D[split.validation]
        far = abs(float(found.get("a", 0.0)) - 0.7) + abs(int(found.get("b", 1)) - 4) / 9
        share = np.exp(-far) if found.get("side") == "right" else 0.0
        return HeldOut(split.validation, share * truth + (1 - share) / truth.shape[1])
        yield

    def run(self) -> Values:
        return run_alone(self.search.steps(self.trial))  # type: ignore[arg-type, return-value]


def test_search_finds_the_planted_setting_and_stores_every_trial(tmp_path: Path) -> None:
    best = Study(tmp_path, trials=40).run()
    assert best["side"] == "right"
    assert abs(float(best["a"]) - 0.7) < 0.2
    assert abs(int(best["b"]) - 4) <= 2
    trials = read_search(tmp_path)
    assert [trial.trial for trial in trials] == list(range(41))
    assert trials[0].values == {}, "trial 0 is the setting that the recipe states"


def test_setting_replaces_the_own_one_only_where_it_is_better_by_the_margin(tmp_path: Path) -> None:
    best = Study(tmp_path / "plain", trials=4).run()
    assert Study(tmp_path / "certain", trials=4, margin=0.0).run() == best != {}
    assert Study(tmp_path / "doubtful", trials=4, margin=1e6).run() == {}
    plain, doubtful = read_search(tmp_path / "plain"), read_search(tmp_path / "doubtful")
    assert [t.kl for t in plain] == [t.kl for t in doubtful]
    assert len(doubtful[1].kl_by_subject) == len(set(WINDOWS.subject))
    assert not any(t.is_better for t in doubtful[1:])


def test_interrupted_search_goes_on_with_the_same_proposals(tmp_path: Path) -> None:
    complete, stopped = Study(tmp_path / "a", trials=14), tmp_path / "b"
    best = complete.run()
    Study(stopped, trials=9).run()
    resumed = Study(stopped, trials=14)
    assert resumed.run() == best
    assert len(resumed.values) == 6, "five trials that were missing, and the variant that is chosen"
    assert [t.values for t in read_search(stopped)] == [t.values for t in read_search(tmp_path / "a")]


def test_damaged_trials_are_run_again(tmp_path: Path) -> None:
    best = Study(tmp_path, trials=3).run()
    (tmp_path / "search.jsonl").write_text('{"trial": 7}\n')
    assert Study(tmp_path, trials=3).run() == best


def test_sides_of_a_search_hold_out_different_people_of_the_fitting_windows(tmp_path: Path) -> None:
    study = Study(tmp_path, trials=1)
    subject = study.columns.subject
    study.run()
    first = study.splits[:3]
    assert np.array_equal(first[0].validation, VALIDATION)
    for split in first:
        assert not np.intersect1d(split.train, split.validation).size
        assert not set(subject[split.train]) & set(subject[split.validation])
    held_out = np.concatenate([split.validation for split in first])
    assert len(set(held_out)) == len(held_out) == 190, "each fitting window is predicted once"


def test_failed_trials_are_passed_over_and_a_search_without_a_result_is_an_error(tmp_path: Path) -> None:
    assert Study(tmp_path / "a", trials=4, failing=(0, 2)).run() is not None
    assert [t.state for t in read_search(tmp_path / "a")] == ["failed", "complete", "failed", "complete", "complete"]
    with pytest.raises(UserError, match="all 2 settings of the search failed; the last one: a loss is NaN"):
        Study(tmp_path / "b", trials=1, failing=(0, 1)).run()


RECIPE = {
    "name": "search",
    "source": {"use": "simulated"},
    "protocol": {"use": "loso"},
    "prepare": [{"use": "window", "length": 2.0}],
    "references": {"uniform": None, "mean": None, "knn": None},
    "estimator": {"use": "knn", "k": 1},
    "search": {"space": {"estimator.k": {"low": 1, "high": 30}}, "trials": 4, "folds": 2},
}


def test_job_searches_its_fitting_windows_only(tmp_path: Path) -> None:
    specs = assemble(load(RECIPE), discover(()).catalog)
    stored = []
    for name in "ab":
        windows = learnable()
        if name == "b":
            windows.D[FOLD.test] = 1 / testing.K
            for values in windows.X.values():
                values[FOLD.test] = 77.0
        job = Job("main", 0, "f", tmp_path / name)
        assert not run_job(lambda: RunContext(specs), FoldJob(job, FOLD, 0), windows, "cpu").error
        stored.append([(t.values, t.kl_by_fold) for t in read_search(tmp_path / name)])
    assert stored[0] == stored[1]
    assert len(stored[0]) == 5
