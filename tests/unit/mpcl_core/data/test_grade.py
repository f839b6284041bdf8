"""Compare the grade of a fold with its definition, which is written out over all pairs of windows."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.data.grade import GRADES, grade_fold, weakest_grade
from mpcl_core.interfaces.data import Fold, RecordingOverlap, WindowSet
from mpcl_core.interfaces.errors import DataError

Names = tuple[str, str, str]
"""Subject, trial, stimulus."""


def study(names: list[Names]) -> WindowSet:
    columns = np.array(names, dtype=str).reshape(-1, 3)
    return WindowSet(
        (),
        {},
        {},
        np.full((len(names), 2), 0.5),
        ("calm", "tense"),
        subject=columns[:, 0],
        trial=columns[:, 1],
        stimulus=columns[:, 2],
    )


def fold(train: list[int], test: list[int], validation: tuple[int, ...] = ()) -> Fold:
    sides = [np.array(side, dtype=np.int64) for side in (train, validation, test)]
    return Fold(sides[0], sides[1], sides[2], "one")


def graded(fitting: list[Names], test: list[Names]) -> str:
    n = len(fitting)
    return grade_fold(study(fitting + test), fold(list(range(n)), list(range(n, n + len(test)))))


@pytest.mark.parametrize(
    ("fitting", "test", "expected"),
    [
        ([("a", "1", "")], [("a", "1", "")], "leaky"),
        ([("a", "1", ""), ("b", "1", "")], [("a", "1", ""), ("c", "1", "")], "leaky"),
        ([("", "1", "")], [("", "1", "")], "leaky"),
        ([("a", "", "")], [("a", "", "")], "row-held-out"),
        ([("a", "", "")], [("a", "1", "")], "row-held-out"),
        ([("a", "1", "")], [("a", "", "")], "row-held-out"),
        ([("", "", "")], [("", "", "")], "row-held-out"),
        ([("", "", "")], [("a", "", "")], "row-held-out"),
        ([("a", "1", ""), ("b", "1", "")], [("a", "2", ""), ("", "", "")], "row-held-out"),
        ([("a", "1", "")], [("a", "2", "")], "trial-held-out"),
        ([("a", "1", ""), ("b", "1", "")], [("a", "2", ""), ("b", "2", "")], "trial-held-out"),
        ([("", "1", "")], [("", "2", "")], "trial-held-out"),
        ([("", "1", "")], [("a", "2", "")], "trial-held-out"),
        ([("a", "1", "")], [("", "2", "")], "trial-held-out"),
        ([("a", "1", ""), ("b", "1", "")], [("a", "2", "")], "subject-calibrated"),
        ([("a", "1", ""), ("b", "", "")], [("a", "2", "")], "subject-calibrated"),
        ([("b", "1", "")], [("a", "1", "")], "subject-independent"),
        ([("b", "", "")], [("a", "", "")], "subject-independent"),
        ([("b", "1", "x"), ("b", "2", "y")], [("a", "1", "x")], "subject-independent"),
        ([("b", "1", "x"), ("b", "2", "")], [("a", "1", "z")], "subject-independent"),
        ([("b", "1", "x")], [("a", "1", "z"), ("a", "2", "")], "subject-independent"),
        ([("b", "1", "x"), ("b", "2", "y")], [("a", "1", "z")], "subject-independent+stimulus"),
        ([("a", "1", "x")], [("a", "2", "z")], "trial-held-out"),
        ([("a", "1", "x"), ("b", "1", "x")], [("a", "2", "z")], "subject-calibrated"),
    ],
)
def test_grade_of_each_case(fitting: list[Names], test: list[Names], expected: str) -> None:
    assert graded(fitting, test) == expected


def test_validation_windows_are_fitting_windows() -> None:
    windows = study([("a", "1", ""), ("b", "1", ""), ("b", "1", "")])
    assert grade_fold(windows, fold([0], [2], validation=(1,))) == "leaky"


def test_window_on_both_sides_is_leaky_even_without_a_trial() -> None:
    windows = study([("a", "", ""), ("a", "", "")])
    assert grade_fold(windows, fold([0, 1], [1])) == "leaky"


@pytest.mark.parametrize(("train", "test", "side"), [([], [0], "fitting"), ([0], [], "test")])
def test_empty_side_is_an_error(train: list[int], test: list[int], side: str) -> None:
    with pytest.raises(DataError, match=f"fold 'one' has no {side} windows"):
        grade_fold(study([("a", "1", "")]), fold(train, test))


def by_definition(fitting: list[Names], test: list[Names]) -> str:
    """Grade by every pair of a fitting and a test window."""
    pairs = [(f, t) for f in fitting for t in test]
    if any(f[:2] == t[:2] and t[1] for f, t in pairs):
        return "leaky"
    sharing = [(f, t) for f, t in pairs if f[0] == t[0] or "" in (f[0], t[0])]
    if not sharing:
        known = all(row[2] for row in fitting + test)
        disjoint = all(f[2] != t[2] for f, t in pairs)
        return "subject-independent+stimulus" if known and disjoint else "subject-independent"
    if any("" in (f[1], t[1]) for f, t in sharing):
        return "row-held-out"
    tested = {t[0] for t in test}
    others = {f[0] for f in fitting} - tested - {""}
    return "subject-calibrated" if len(tested) == 1 and "" not in tested and others else "trial-held-out"


side = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["", "1", "2", "3"]), st.sampled_from("xyz")),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@given(fitting=side, test=side)
@settings(deadline=None, max_examples=400)
def test_grade_claims_no_more_than_the_definition(fitting: list[Names], test: list[Names]) -> None:
    """Equal it where every subject is known; an unknown subject may only weaken the claim."""
    expected, found = by_definition(fitting, test), graded(fitting, test)
    if all(row[0] for row in fitting + test):
        assert found == expected
    assert GRADES.index(found) <= GRADES.index(expected)


def test_order_of_windows_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    subject = rng.choice(["S1", "S2", "S10"], 60)
    windows = replace(study([("", "", "")] * 60), subject=subject, trial=rng.choice(["1", "2"], 60))
    test = np.flatnonzero(subject == "S2")
    one = Fold(np.setdiff1d(np.arange(60), test), np.zeros(0, np.int64), test, "S2")
    order = rng.permutation(60)
    moved = np.argsort(order)
    other = Fold(moved[one.train], one.validation, moved[one.test], "S2")
    assert grade_fold(windows, one) == grade_fold(windows.take(order), other) == "subject-independent"


def test_weakest_grade_of_several_folds() -> None:
    assert GRADES == (
        "leaky",
        "row-held-out",
        "trial-held-out",
        "subject-calibrated",
        "subject-independent",
        "subject-independent+stimulus",
    )
    assert weakest_grade(["subject-independent", "leaky", "trial-held-out"]) == "leaky"
    assert weakest_grade(reversed(GRADES[1:])) == "row-held-out"
    assert weakest_grade(["subject-independent+stimulus"]) == "subject-independent+stimulus"
    for bad in ([], ["excellent"]):
        with pytest.raises(ValueError, match=r"empty|not in tuple"):
            weakest_grade(bad)


def test_grading_100_000_windows_is_fast() -> None:
    n = 100_000
    windows = replace(
        study([("", "", "")] * n),
        subject=np.repeat([f"subject-{i}" for i in range(50)], n // 50),
        trial=np.tile([f"trial-{i}" for i in range(20)], n // 20),
    )
    indices = np.arange(n)
    test = windows.subject == "subject-7"
    start = time.perf_counter()
    assert grade_fold(windows, Fold(indices[~test], indices[:0], indices[test], "x")) == "subject-independent"
    assert time.perf_counter() - start < 20.0


@pytest.mark.parametrize(("first", "second"), [("1", "2"), ("2", "1")])
def test_trials_that_share_time_on_both_sides_are_leaky(first: str, second: str) -> None:
    windows = study([("a", "1", ""), ("b", "1", ""), ("a", "2", ""), ("a", "3", "")])
    overlap = RecordingOverlap(("a", first), ("a", second), 3.0)
    assert grade_fold(windows, fold([0, 1], [2]), [overlap]) == "leaky"
    assert grade_fold(windows, fold([0, 1], [3]), [overlap]) == "subject-calibrated"
    assert grade_fold(windows, fold([1], [0, 2]), [overlap]) == "subject-independent"
