"""Shuffled labels are those of other trials, and only what beats every constant is accused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.audit.shuffled_labels import TIMES, judged, steps
from mpcl_core.audit.traced_job import Step, Trace
from mpcl_core.data.plan import Study
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import Fold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import codes, notices, with_folds

WINDOWS = prepare(Simulated(subjects=5, trials=6, seconds=12.0), [Window(length=4.0)])
STUDY = with_folds(WINDOWS, list(LOSO().split(WINDOWS)))
LABEL = {(s, t): D for s, t, D in zip(WINDOWS.subject.tolist(), WINDOWS.trial.tolist(), WINDOWS.D, strict=True)}


def fitting(step: Step) -> np.ndarray:
    return np.concatenate([step.fold.train, step.fold.validation])


def test_four_folds_are_tried_with_every_variant() -> None:
    tried = steps(STUDY, ["one", "other"], seed=7)
    assert [[step.variant for step in time] for time in tried] == [["one", "other"]] * TIMES
    assert len({time[0].fold.label for time in tried}) == TIMES
    assert [time[0].seed for time in tried] == [7, 8, 9, 10]
    assert [STUDY.folds[time[0].number].label for time in tried] == [time[0].fold.label for time in tried]


def test_a_trial_has_the_one_label_of_another_and_test_rows_keep_theirs() -> None:
    for (step,) in steps(STUDY, ["one"], seed=0):
        windows = step.windows
        given: dict[tuple[str, str], bytes] = {}
        for row in fitting(step):
            name = (str(windows.subject[row]), str(windows.trial[row]))
            assert given.setdefault(name, windows.D[row].tobytes()) == windows.D[row].tobytes()
        moved = [LABEL[name].tobytes() != D for name, D in given.items()]  # two trials may have one label
        assert np.mean(moved) > 0.8
        assert sorted(given.values()) == sorted(LABEL[name].tobytes() for name in given)
        for row in step.fold.test:
            assert np.array_equal(windows.D[row], LABEL[windows.subject[row], windows.trial[row]])


def test_rows_that_are_on_both_sides_keep_their_label_on_the_test_side_only() -> None:
    test = np.flatnonzero(WINDOWS.subject == "s01")
    fold = Fold(np.flatnonzero(WINDOWS.subject != "s01"), test, test, "f")
    ((step,), *_) = steps(with_folds(WINDOWS, [fold]), ["one"], seed=0)
    assert np.array_equal(step.windows.D[step.fold.test], WINDOWS.D[test])
    assert not np.array_equal(step.windows.D[step.fold.validation], WINDOWS.D[test])


@pytest.mark.parametrize("nameless", [False, True])
def test_labels_that_a_trial_does_not_share_change_places_row_by_row(nameless: bool) -> None:
    n = len(WINDOWS)
    D = np.random.default_rng(0).dirichlet(np.ones(10), n)
    windows = replace(WINDOWS, D=D, **({"trial": np.full(n, "")} if nameless else {}))
    ((step,), *_) = steps(with_folds(windows, list(LOSO().split(windows))), ["one"], seed=0)
    shuffled = step.windows.D[fitting(step)]
    assert len(np.unique(shuffled, axis=0)) == len(shuffled)
    assert {row.tobytes() for row in shuffled} <= {row.tobytes() for row in D}


Predict = Callable[[Step], np.ndarray]


def said(predict: Predict, study: Study = STUDY) -> set[str]:
    tried = steps(study, ["one"], seed=0)
    none = np.zeros(0, dtype=np.int64)
    traces = [[Trace((), none, predict(step), "") for step in time] for time in tried]
    return codes(list(judged(tried, traces)))


def truth(step: Step) -> np.ndarray:
    return step.windows.D[step.fold.test]


def mean(step: Step) -> np.ndarray:
    return np.tile(step.windows.D[fitting(step)].mean(0), (len(step.fold.test), 1))


def uniform(step: Step) -> np.ndarray:
    return np.full_like(truth(step), 0.1)


def noisy(step: Step) -> np.ndarray:
    noise = np.random.default_rng(step.number).gamma(20.0, size=mean(step).shape)
    return mean(step) * noise / (mean(step) * noise).sum(1, keepdims=True)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_who_knows_the_labels_is_accused(share: float) -> None:
    assert said(lambda step: share * truth(step) + (1 - share) * mean(step)) == {"shuffled-labels (e)"}


@pytest.mark.parametrize("predict", [mean, uniform, noisy, lambda step: (mean(step) + uniform(step)) / 2])
@pytest.mark.parametrize("protocol", [LOSO(), TrialHeldout()], ids=lambda protocol: protocol.name)
def test_who_knows_nothing_is_not(predict: Predict, protocol: LOSO | TrialHeldout) -> None:
    assert said(predict, with_folds(WINDOWS, list(protocol.split(WINDOWS)))) == set()


def test_the_uniform_distribution_is_no_leak_where_it_happens_to_be_better_than_the_mean() -> None:
    folds = list(TrialHeldout().split(WINDOWS))
    D = np.tile([0.55] + [0.05] * 9, (len(WINDOWS), 1))
    for fold in folds:
        D[fold.test] = [0.1] * 8 + [0.05, 0.15]
    study = with_folds(replace(WINDOWS, D=D), folds)
    for (step,) in steps(study, ["one"], 0):
        assert kl_of(step, uniform(step)) < 0.1 * kl_of(step, mean(step))
    assert said(uniform, study) == set()
    assert said(truth, study) == {"shuffled-labels (e)"}


def kl_of(step: Step, D_pred: np.ndarray) -> float:
    D = truth(step)
    return float((D * np.log(D / D_pred)).sum(1).mean())


def test_a_single_lucky_fold_is_no_evidence() -> None:
    assert said(lambda step: truth(step) if step.number == 0 else mean(step)) == set()


def test_a_job_that_failed_is_said() -> None:
    tried = steps(STUDY, ["one"], seed=0)
    failed = Trace((), np.zeros(0, dtype=np.int64), WINDOWS.D[:0], "boom")
    remarks = list(judged(tried, [[failed]] * TIMES))
    assert notices(remarks) == {"not-tried"}
    assert "boom" in remarks[0].what
