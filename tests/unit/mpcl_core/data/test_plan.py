"""Plan studies, baselines, tasks and jobs of hand-made variants."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data import plan
from mpcl_core.data.cache.prepared_windows import Provenance
from mpcl_core.data.plan import load_studies, plan_jobs, plan_tasks, with_baselines
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.spec.block import Block
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.specs import block, network, variant_spec

BASELINES = {"mean": block(Mean), "knn": block(KNN, k=3)}


def variant(name: str, protocol: type = LOSO, estimator: bool = False, **settings: int) -> VariantSpec:
    source = block(Simulated, subjects=3, trials=2, seconds=8.0)
    model = block(KNN, k=5) if estimator else network()
    spec = variant_spec(name, model, source, block(protocol, **settings))
    return replace(spec, prepare=(block(Window, length=4.0),), baselines=BASELINES)


def folder_of(variant: str, seed: int, fold: str) -> Path:
    return Path(variant, str(seed), fold)


def test_baselines_come_before_the_variants_that_share_their_data() -> None:
    specs = with_baselines({"a": variant("a"), "b": variant("b"), "c": variant("c", KFold, folds=2)})
    assert list(specs) == ["mean", "knn", "a", "b", "c.mean", "c.knn", "c"]
    assert specs["c.knn"].name == "c.knn"
    assert specs["c.knn"].model is BASELINES["knn"]
    assert specs["c.knn"].protocol.cls is KFold
    assert specs["mean"].baselines == {}


def test_baseline_that_is_a_variant_already_is_not_repeated() -> None:
    same = replace(variant("knn"), model=BASELINES["knn"])
    other = variant("knn", estimator=True)
    assert list(with_baselines({"knn": same})) == ["mean", "knn"]
    assert list(with_baselines({"knn": other})) == ["mean", "knn.knn", "knn"]
    windows = replace(variant("first"), pool=None)
    trials = replace(same, pool=PoolSettings(unit="trial"))
    assert list(with_baselines({"first": windows, "knn": trials})) == ["mean", "first.knn", "first", "knn"]


def test_variants_with_the_same_data_share_a_study() -> None:
    one, other = load_studies({"a": variant("a"), "c": variant("c", KFold, folds=2), "b": variant("b")})
    assert (one.variants, other.variants) == (("a", "b"), ("c",))
    assert (len(one.folds), len(other.folds)) == (3, 2)
    assert len(one.windows) == 3 * 2 * 2
    assert one.provenance == Provenance(n_recordings=6, notes=one.notes)
    assert one.grade == "subject-independent"
    assert other.grade == "leaky"


def test_variants_that_prepare_windows_otherwise_than_the_baselines_are_noted() -> None:
    zscored = {"transforms": [{"use": "zscore"}]}
    a, b, c = (variant(name) for name in "abc")
    specs = with_baselines({"a": a, "b": replace(b, recipe={**b.recipe, **zscored}), "c": c})
    (study,) = load_studies(specs)
    assert study.notes[-1] == "The baselines have the transforms of 'a'; 'b' has others."
    (study,) = load_studies(with_baselines({"a": a, "c": c}))
    assert not any("baselines" in note for note in study.notes)


def test_protocol_that_cannot_split_is_a_fault_at_its_place() -> None:
    with pytest.raises(RecipeError, match=r"test\.yaml:1:1: kfold: 'kfold' cannot split these windows"):
        load_studies({"a": variant("a", KFold, folds=50)})


def test_estimators_have_one_job_for_each_fold_and_networks_one_for_each_seed() -> None:
    jobs = list(plan_jobs("v", ["x", "y"], variant("v"), [4, 5], folder_of))
    assert [(job.seed, job.fold) for job in jobs] == [(4, "x"), (4, "y"), (5, "x"), (5, "y")]
    assert jobs[0].folder == Path("v", "4", "x")
    jobs = list(plan_jobs("v", ["x", "y"], variant("v", estimator=True), [4, 5], folder_of))
    assert [(job.seed, job.fold) for job in jobs] == [(4, "x"), (4, "y")]


def test_tasks_of_networks_come_first_and_name_study_and_fold() -> None:
    specs = with_baselines({"a": variant("a"), "c": variant("c", KFold, folds=2)})
    tasks = list(plan_tasks(load_studies(specs), specs, [0, 1], folder_of))
    names = list(dict.fromkeys(task.job.variant for task in tasks))
    assert names == ["a", "c", "mean", "knn", "c.mean", "c.knn"]
    assert len(tasks) == 2 * 3 + 2 * 2 + 2 * 3 + 2 * 2
    assert {(task.study, task.fold) for task in tasks if task.job.variant == "c"} == {(1, 0), (1, 1)}


def test_a_subject_in_two_spellings_is_noted_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    (plain,) = load_studies({"a": variant("a")})
    assert not any("written in two ways" in note for note in plain.notes)
    prepare = plan.prepare_in_memory

    def prepare_renamed(source: Block, transforms: Sequence[Block]) -> tuple[WindowSet, Provenance]:
        windows, provenance = prepare(source, transforms)
        subjects = dict(zip(dict.fromkeys(windows.subject.tolist()), ("01", "1", "x"), strict=True))
        subject = np.array([subjects[subject] for subject in windows.subject.tolist()])
        return replace(windows, subject=subject), provenance

    monkeypatch.setattr(plan, "prepare_in_memory", prepare_renamed)
    (study,) = load_studies({"a": variant("a")})
    assert any("'01' and '1'" in note for note in study.notes)
