"""Plan the experiments of the audit with a study's jobs."""

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks.job_experiments import (
    AFTER_ANOTHER_JOB,
    ALONE,
    HALF_OF_TEST,
    LABEL_EXPERIMENTS,
    MAX_WINDOWS,
    REPEATED,
    JobExperiments,
    plan_job_experiments,
)
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.sources.simulated import Simulated
from support.audit_study import with_folds
from support.specs import block, variant_spec

WINDOWS = testing.study()
FOLDS = [
    Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "one"),
    Fold(np.arange(100, 240), np.arange(50, 100), np.arange(0, 50), "two"),
]


def plan(folds: list[Fold]) -> JobExperiments:
    spec = variant_spec("main", block(KNN), block(Simulated), block(KFold))
    return plan_job_experiments(with_folds(WINDOWS, folds), {"main": spec}, seed=3)


def test_every_experiment_has_the_examined_job_of_each_variant() -> None:
    jobs = plan(FOLDS).jobs()
    assert set(jobs) == {ALONE, REPEATED, AFTER_ANOTHER_JOB, *LABEL_EXPERIMENTS, HALF_OF_TEST}
    assert {name: len(each) for name, each in jobs.items() if len(each) > 1} == {AFTER_ANOTHER_JOB: 2, HALF_OF_TEST: 3}
    assert jobs[ALONE] == jobs[REPEATED]
    assert all(job.perturb_weights and job.seed == 3 for each in jobs.values() for job in each)


def test_earlier_job_is_of_another_fold_or_of_another_seed() -> None:
    assert plan(FOLDS).earlier_job == (1, 3)
    assert plan(FOLDS[:1]).earlier_job == (0, 4)


def test_only_labels_of_test_windows_change() -> None:
    jobs = plan(FOLDS).jobs()
    (alone,) = jobs[ALONE]
    for name in LABEL_EXPERIMENTS:
        (changed,) = jobs[name]
        differs = (changed.windows.D != alone.windows.D).any(1)
        assert differs[alone.fold.test].mean() > 0.9
        assert not differs[alone.fold.train].any()
        assert not differs[alone.fold.validation].any()
        assert np.allclose(changed.windows.D.sum(1), 1)


def test_half_of_the_test_windows_are_left() -> None:
    experiments = plan(FOLDS)
    (alone,) = experiments.jobs()[ALONE]
    half, all_transformed, half_transformed = experiments.jobs()[HALF_OF_TEST]
    assert np.array_equal(half.fold.test, alone.fold.test[::2])
    assert np.array_equal(all_transformed.fold.test, alone.fold.test)
    assert [job.transform_first for job in (half, all_transformed, half_transformed)] == [False, True, True]
    assert len(alone.windows) <= MAX_WINDOWS + 36
