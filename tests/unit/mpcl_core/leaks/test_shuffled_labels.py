"""Shuffle labels among trials, and find only models that beat every constant prediction."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.data.plan import Study
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks.shuffled_labels import N_JOBS, find_label_knowledge, plan_shuffled_jobs
from mpcl_core.leaks.traced_job import ExperimentJob, JobTrace
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import codes, notices, with_folds

WINDOWS = prepare(Simulated(subjects=5, trials=6, seconds=12.0), [Window(length=4.0)])
STUDY = with_folds(WINDOWS, list(LOSO().split(WINDOWS)))
LABEL = {(s, t): D for s, t, D in zip(WINDOWS.subject.tolist(), WINDOWS.trial.tolist(), WINDOWS.D, strict=True)}


def fitting(job: ExperimentJob) -> np.ndarray:
    return np.concatenate([job.fold.train, job.fold.validation])


def test_jobs_cover_four_folds_and_every_variant() -> None:
    tried = plan_shuffled_jobs(STUDY, ["one", "other"], seed=7)
    assert [[job.variant for job in repetition] for repetition in tried] == [["one", "other"]] * N_JOBS
    assert len({repetition[0].fold.label for repetition in tried}) == N_JOBS
    assert [repetition[0].seed for repetition in tried] == [7, 8, 9, 10]
    assert [STUDY.folds[repetition[0].fold_number].label for repetition in tried] == [
        repetition[0].fold.label for repetition in tried
    ]


def test_trials_exchange_labels_and_test_windows_keep_theirs() -> None:
    for (job,) in plan_shuffled_jobs(STUDY, ["one"], seed=0):
        windows = job.windows
        labels: dict[tuple[str, str], bytes] = {}
        for row in fitting(job):
            name = (str(windows.subject[row]), str(windows.trial[row]))
            assert labels.setdefault(name, windows.D[row].tobytes()) == windows.D[row].tobytes()
        moved = [LABEL[name].tobytes() != D for name, D in labels.items()]  # two trials may have one label
        assert np.mean(moved) > 0.8
        assert sorted(labels.values()) == sorted(LABEL[name].tobytes() for name in labels)
        for row in job.fold.test:
            assert np.array_equal(windows.D[row], LABEL[windows.subject[row], windows.trial[row]])


def test_windows_on_both_sides_keep_their_label_only_on_the_test_side() -> None:
    test = np.flatnonzero(WINDOWS.subject == "s01")
    fold = Fold(np.flatnonzero(WINDOWS.subject != "s01"), test, test, "f")
    ((job,), *_) = plan_shuffled_jobs(with_folds(WINDOWS, [fold]), ["one"], seed=0)
    assert np.array_equal(job.windows.D[job.fold.test], WINDOWS.D[test])
    assert not np.array_equal(job.windows.D[job.fold.validation], WINDOWS.D[test])


@pytest.mark.parametrize("unnamed", [False, True])
def test_labels_that_differ_within_a_trial_are_exchanged_by_window(unnamed: bool) -> None:
    n = len(WINDOWS)
    D = np.random.default_rng(0).dirichlet(np.ones(10), n)
    windows = replace(WINDOWS, D=D, **({"trial": np.full(n, "")} if unnamed else {}))
    ((job,), *_) = plan_shuffled_jobs(with_folds(windows, list(LOSO().split(windows))), ["one"], seed=0)
    shuffled = job.windows.D[fitting(job)]
    assert len(np.unique(shuffled, axis=0)) == len(shuffled)
    assert {row.tobytes() for row in shuffled} <= {row.tobytes() for row in D}


Predict = Callable[[ExperimentJob], np.ndarray]


def found_codes(predict: Predict, study: Study = STUDY) -> set[str]:
    tried = plan_shuffled_jobs(study, ["one"], seed=0)
    none = np.zeros(0, dtype=np.int64)
    traces = [[JobTrace((), none, predict(job), "") for job in repetition] for repetition in tried]
    return codes(list(find_label_knowledge(tried, traces)))


def truth(job: ExperimentJob) -> np.ndarray:
    return job.windows.D[job.fold.test]


def mean(job: ExperimentJob) -> np.ndarray:
    return np.tile(job.windows.D[fitting(job)].mean(0), (len(job.fold.test), 1))


def uniform(job: ExperimentJob) -> np.ndarray:
    return np.full_like(truth(job), 0.1)


def noisy(job: ExperimentJob) -> np.ndarray:
    noise = np.random.default_rng(job.fold_number).gamma(20.0, size=mean(job).shape)
    return mean(job) * noise / (mean(job) * noise).sum(1, keepdims=True)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_model_that_knows_the_labels_is_found(share: float) -> None:
    assert found_codes(lambda job: share * truth(job) + (1 - share) * mean(job)) == {"shuffled-labels (e)"}


@pytest.mark.parametrize("predict", [mean, uniform, noisy, lambda job: (mean(job) + uniform(job)) / 2])
@pytest.mark.parametrize("protocol", [LOSO(), TrialHeldout()], ids=lambda protocol: protocol.name)
def test_model_without_knowledge_has_no_finding(predict: Predict, protocol: LOSO | TrialHeldout) -> None:
    assert found_codes(predict, with_folds(WINDOWS, list(protocol.split(WINDOWS)))) == set()


def test_uniform_prediction_is_no_leak_where_it_is_better_than_the_mean() -> None:
    folds = list(TrialHeldout().split(WINDOWS))
    D = np.tile([0.55] + [0.05] * 9, (len(WINDOWS), 1))
    for fold in folds:
        D[fold.test] = [0.1] * 8 + [0.05, 0.15]
    study = with_folds(replace(WINDOWS, D=D), folds)
    for (job,) in plan_shuffled_jobs(study, ["one"], 0):
        assert kl_of(job, uniform(job)) < 0.1 * kl_of(job, mean(job))
    assert found_codes(uniform, study) == set()
    assert found_codes(truth, study) == {"shuffled-labels (e)"}


def kl_of(job: ExperimentJob, D_pred: np.ndarray) -> float:
    D = truth(job)
    return float((D * np.log(D / D_pred)).sum(1).mean())


def test_one_good_fold_is_no_evidence() -> None:
    assert found_codes(lambda job: truth(job) if job.fold_number == 0 else mean(job)) == set()


def test_failed_job_is_a_notice() -> None:
    tried = plan_shuffled_jobs(STUDY, ["one"], seed=0)
    failed = JobTrace((), np.zeros(0, dtype=np.int64), WINDOWS.D[:0], "boom")
    observations = list(find_label_knowledge(tried, [[failed]] * N_JOBS))
    assert notices(observations) == {"not-tried"}
    assert "boom" in observations[0].message
