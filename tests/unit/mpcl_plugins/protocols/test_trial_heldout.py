"""Whole trials, drawn by condition."""

from collections import Counter

import numpy as np
import pytest

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from support.split_study import Trial, checked, keys, study


def conditions(*sizes: int) -> WindowSet:
    """One subject whose condition a, b … has that many trials of 3 windows."""
    return study(
        Trial("S1", f"{'abcdefgh'[c]}{t}", 3, "abcdefgh"[c]) for c, size in enumerate(sizes) for t in range(size)
    )


def drawn_by_condition(windows: WindowSet, protocol: TrialHeldout) -> Counter[str]:
    """How many trials of each condition are tested."""
    (fold,) = checked(protocol, windows)
    trials = {(trial, trial[0]) for _, trial, _ in keys(windows, fold.test)}
    return Counter(condition for _, condition in trials)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((8, 8, 16), {"a": 2, "b": 2, "c": 3}),
        ((4, 4, 4), {"a": 1, "b": 1, "c": 1}),
        ((2, 10), {"a": 1, "b": 2}),
        ((3, 1), {"a": 1}),
    ],
)
def test_trials_are_drawn_by_condition(sizes: tuple[int, ...], expected: dict[str, int], seed: int) -> None:
    assert drawn_by_condition(conditions(*sizes), TrialHeldout(seed=seed)) == expected


def test_conditions_of_one_trial_are_pooled() -> None:
    found = [drawn_by_condition(conditions(1, 1, 1, 1, 1, 5), TrialHeldout(seed=seed)) for seed in range(10)]
    for one in found:
        assert one["f"] == 1
        assert sum(one.values()) == 2
    assert len({tuple(sorted(one)) for one in found}) > 1


def test_trials_without_condition() -> None:
    windows = study(Trial("S1", f"t{t}", 2) for t in range(10))
    (fold,) = checked(TrialHeldout(test=0.3), windows)
    assert len({trial for _, trial, _ in keys(windows, fold.test)}) == 3


def test_no_trial_is_on_two_sides_and_a_fold_holds_one_subject() -> None:
    windows = study(Trial(f"S{s}", f"t{t}", 3, "ab"[t % 2]) for s in (1, 2, 10) for t in range(6))
    folds = checked(TrialHeldout(), windows)
    assert [fold.label for fold in folds] == ["S1", "S2", "S10"]
    for fold in folds:
        train, validation, test = (
            {(subject, trial) for subject, trial, _ in keys(windows, rows)}
            for rows in (fold.train, fold.validation, fold.test)
        )
        assert not train & test
        assert not validation & (train | test)
        assert {subject for subject, _ in train | validation | test} == {fold.label}
        assert len(train | validation | test) == 6


def test_two_trials_are_enough() -> None:
    (fold,) = checked(TrialHeldout(), study([Trial("S1", "a", 4), Trial("S1", "b", 4)]))
    assert len(fold.test) == 4
    assert len(fold.validation) == 1


def test_bad_values() -> None:
    with pytest.raises(ValueError, match=r"test is 1\.5"):
        TrialHeldout(test=1.5)
    with pytest.raises(DataError, match="'trial_heldout' needs a trial in every window; 2 of 5"):
        list(TrialHeldout().split(study([Trial("S1", "t", 3), Trial("S1", "", 2)])))
    two = [Trial("S1", "t", 3), Trial("S1", "u", 3)]
    with pytest.raises(DataError, match="subject 'S2' has 1 trial"):
        list(TrialHeldout().split(study([*two, Trial("S2", "t", 3)])))


def test_a_large_test_part_leaves_a_trial_of_each_condition() -> None:
    windows = conditions(3, 4)
    (fold,) = checked(TrialHeldout(test=0.95), windows)
    fitting = np.concatenate([fold.train, fold.validation])
    assert {trial[0] for _, trial, _ in keys(windows, fitting)} == {"a", "b"}
