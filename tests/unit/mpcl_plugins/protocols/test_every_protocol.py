"""What holds for all protocols: sides, order, seeds, validation, and the grade that each earns."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.data.grade import grade_fold
from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols import mpcl_components
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.loso_calibrated import LOSOCalibrated
from mpcl_plugins.protocols.predefined import Predefined
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from mpcl_plugins.protocols.trial_kfold import TrialKFold
from mpcl_plugins.protocols.within_trial import WithinTrial
from support.paths import ROOT
from support.split_study import Trial, all_tested_once, checked, grid, keys, sides, study, table

Make = Callable[[int], Protocol]

MAKE: dict[str, Make] = {
    "kfold": lambda seed: KFold(folds=3, seed=seed),
    "random_windows": lambda seed: RandomWindows(seed=seed),
    "trial_heldout": lambda seed: TrialHeldout(seed=seed),
    "trial_kfold": lambda seed: TrialKFold(folds=3, seed=seed),
    "subject_kfold": lambda seed: SubjectKFold(folds=2, seed=seed),
    "loso": lambda seed: LOSO(seed=seed),
    "loso_calibrated": lambda seed: LOSOCalibrated(seed=seed),
    "within_trial": lambda seed: WithinTrial(seed=seed),
}
ALL_ROWS_TESTED_ONCE = {"kfold", "trial_kfold", "subject_kfold", "loso"}
WHOLE_STUDY = {*ALL_ROWS_TESTED_ONCE, "loso_calibrated"}
each = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)


@st.composite
def some_trials(draw: st.DrawFn) -> list[Trial]:
    """2 to 5 subjects with troublesome names, 3 to 6 trials of 1 to 4 windows of each, the first one of 2 or more."""
    names = st.sampled_from(["S1", "s1", "S 1", "S10", "S2", "Ä", "é", "../x", "7", "a" * 150])
    return [
        Trial(subject, f"t{number}", draw(st.integers(1 if number else 2, 4)), draw(st.sampled_from(["", "a", "b"])))
        for subject in draw(st.lists(names, min_size=2, max_size=5, unique=True))
        for number in range(draw(st.integers(3, 6)))
    ]


def shuffled(trials: list[Trial], seed: int) -> WindowSet:
    windows = study(trials)
    return windows.take(np.random.default_rng(seed).permutation(len(windows)))


def test_every_protocol_is_covered() -> None:
    assert {cls.name for cls in mpcl_components()} == {*MAKE, "predefined", "subject_and_stimulus"}


@pytest.mark.slow
@each
@given(trials=some_trials(), seed=st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_sides_of_random_studies(make: Make, trials: list[Trial], seed: int) -> None:
    windows, protocol = shuffled(trials, seed), make(seed)
    folds = checked(protocol, windows)
    if protocol.name in ALL_ROWS_TESTED_ONCE:
        all_tested_once(folds, windows)
    for fold in folds:
        joint = np.sort(np.concatenate(sides(fold)))
        mine = np.flatnonzero(windows.subject == windows.subject[fold.test[0]])
        expected = np.arange(len(windows)) if protocol.name in WHOLE_STUDY else mine
        np.testing.assert_array_equal(joint, expected)
        check_validation(windows, fold, protocol)


def check_validation(windows: WindowSet, fold: Fold, protocol: Protocol) -> None:
    """A fifth of the right groups, whole; spelt out with sets of names."""
    free = np.union1d(fold.train, fold.validation)
    if isinstance(protocol, LOSOCalibrated):
        free = free[windows.subject[free] != windows.subject[fold.test[0]]]
    group = rule(windows, np.union1d(fold.train, fold.validation), fold.test, free)
    drawn = {group[row] for row in fold.validation.tolist()}
    remaining = {group[row] for row in fold.train.tolist() if row in group}
    assert not drawn & remaining
    assert len(drawn) == max(1, round(0.2 * len(drawn | remaining)))


def rule(windows: WindowSet, fitting: np.ndarray, test: np.ndarray, free: np.ndarray) -> dict[int, object]:
    subject, trial = windows.subject.tolist(), windows.trial.tolist()
    units: list[Callable[[int], object]] = [
        lambda row: subject[row],
        lambda row: (subject[row], trial[row]),
        lambda row: row,
    ]
    for unit in units:
        meets = {unit(row) for row in fitting.tolist()} & {unit(row) for row in test.tolist()}
        if not meets and len({unit(row) for row in free.tolist()}) > 1:
            return {row: unit(row) for row in free.tolist()}
    raise AssertionError("no unit separates the sides")


@pytest.mark.slow
@each
@given(trials=some_trials(), seed=st.integers(0, 5))
@settings(deadline=None, max_examples=15)
def test_folds_do_not_depend_on_the_order_of_windows(make: Make, trials: list[Trial], seed: int) -> None:
    windows = study(trials)
    order = np.random.default_rng(seed).permutation(len(windows))
    if make is MAKE["loso_calibrated"]:  # takes the trials in the order in which they appear
        order = keeping_the_order_of_trials(windows, order)
    moved = windows.take(order)
    for one, other in zip(make(seed).split(windows), make(seed).split(moved), strict=True):
        assert one.label == other.label
        for mine, theirs in zip(sides(one), sides(other), strict=True):
            assert keys(windows, mine) == keys(moved, theirs)


def keeping_the_order_of_trials(windows: WindowSet, order: np.ndarray) -> np.ndarray:
    """The permutation, but with the trials in the order in which the study brings them."""
    pairs = list(zip(windows.subject.tolist(), windows.trial.tolist(), strict=True))
    return np.array(sorted(order.tolist(), key=lambda row: pairs.index(pairs[row])))


@each
def test_the_same_seed_gives_the_same_folds_and_another_gives_others(make: Make) -> None:
    windows = grid(subjects=6, trials=8)

    def split(seed: int) -> list[list[list[int]]]:
        return [[rows.tolist() for rows in sides(fold)] for fold in make(seed).split(windows)]

    protocol = make(0)
    twice = [[fold.validation.tolist() for fold in protocol.split(windows)] for _ in range(2)]
    assert twice[0] == twice[1]
    assert split(0) == split(0)
    assert split(0) != split(1)


@each
def test_validation_is_not_drawn_alike_in_every_fold(make: Make) -> None:
    windows = grid(subjects=8, trials=8)
    drawn = {tuple(sorted(keys(windows, fold.validation))) for fold in make(0).split(windows)}
    assert len(drawn) > 1


def expect(windows: WindowSet, protocol: Protocol, expected: str) -> None:
    assert {grade_fold(windows, fold) for fold in protocol.split(windows)} == {expected}


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        (RandomWindows(), "leaky"),
        (WithinTrial(), "leaky"),
        (TrialHeldout(), "trial-held-out"),
        (TrialKFold(folds=3), "trial-held-out"),
        (SubjectKFold(folds=3), "subject-independent"),
        (LOSO(), "subject-independent"),
        (LOSOCalibrated(trials=2), "subject-calibrated"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_grade_of_each(protocol: Protocol, expected: str) -> None:
    expect(grid(subjects=5, trials=8), protocol, expected)


def test_the_grade_of_windows_without_trials() -> None:
    expect(table(subjects=4, rows=10), KFold(folds=3), "row-held-out")
    expect(table(subjects=4, rows=10), RandomWindows(), "row-held-out")
    expect(table(subjects=4, rows=10), LOSO(), "subject-independent")


def test_the_grade_of_a_predefined_split_is_computed() -> None:
    trials = [Trial("S1", "a", 2), Trial("S1", "b", 2), Trial("S2", "a", 2)]
    for split, expected in (
        (["train", "test"] * 3, "leaky"),
        (["train"] * 2 + ["test"] * 2 + ["train"] * 2, "subject-calibrated"),
        (["train"] * 4 + ["test"] * 2, "subject-independent"),
    ):
        expect(study(trials, split), Predefined(), expected)


@each
def test_a_study_without_windows_is_refused(make: Make) -> None:
    with pytest.raises(DataError, match=r"no windows|0 windows|0 rows"):
        list(make(0).split(study([])))


SCRIPT = """
import sys
sys.path[:0] = {folders!r}
from test_every_protocol import MAKE, grid, sides
for make in MAKE.values():
    print([(fold.label, [rows.tolist() for rows in sides(fold)]) for fold in make(3).split(grid(12, 6, 2))])
"""


def folds_under(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command: Sequence[str] = [
        sys.executable,
        "-c",
        SCRIPT.format(folders=[str(Path(__file__).parent), str(ROOT / "tests")]),
    ]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_folds_do_not_depend_on_the_hash_seed() -> None:
    first, second = folds_under("0"), folds_under("1")
    assert len(first) > 1000
    assert first == second
