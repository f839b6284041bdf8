"""Ratings become distributions as the recipe says, in one way for every source."""

import math
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mpcl_core.toolkit.ratings import AtFloor, MissingScore, RatedDistributions, RatingRule, Ratings
from mpcl_plugins.sources.emopair import EmoPair

NAN = math.nan
RULES = get_args(RatingRule)


def rated(
    scores: list[list[float]], rule: RatingRule, at_floor: AtFloor = "uniform", missing: MissingScore = "drop"
) -> RatedDistributions:
    return Ratings(rule, at_floor, missing, 1.0).distributions(np.array(scores, dtype=np.float64))


def by_hand(row: list[float], rule: str) -> list[float]:
    mass = [math.exp(s) if rule == "softmax" else s - (rule == "above_floor") for s in row]
    return [m / sum(mass) for m in mass]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_its_equation(rule: RatingRule) -> None:
    rows = [[1.0, 2, 5, 3], [4, 1, 1, 1], [5, 5, 5, 4]]
    found = rated(rows, rule)
    np.testing.assert_allclose(found.D, [by_hand(row, rule) for row in rows], rtol=1e-14)
    assert found.rows.tolist() == [0, 1, 2]
    assert (found.total, found.dropped, found.imputed, found.flat) == (3, 0, 0, 0)


def test_only_above_floor_gives_the_lowest_score_no_share() -> None:
    assert rated([[1.0, 1, 5]], "share").D.tolist() == [[1 / 7, 1 / 7, 5 / 7]]
    assert rated([[1.0, 1, 5]], "above_floor").D.tolist() == [[0.0, 0.0, 1.0]]


def test_a_row_at_the_floor_is_uniform_or_dropped_and_counted() -> None:
    rows = [[1.0, 1, 1], [1, 2, 1], [1, 1, 1]]
    found = rated(rows, "above_floor")
    np.testing.assert_array_equal(found.D, [[1 / 3] * 3, [0, 1, 0], [1 / 3] * 3])
    assert found.flat == 2
    assert "2 with every score at the floor taken as uniform" in found.note
    found = rated(rows, "above_floor", at_floor="drop")
    assert found.rows.tolist() == [1]
    assert (found.flat, found.dropped) == (2, 0)
    assert found.note.startswith("Ratings by 'above_floor': 1 of 3 rated rows have a distribution")
    assert "2 with every score at the floor left out" in found.note
    assert rated(rows, "share", at_floor="drop").rows.tolist() == [0, 1, 2]


def test_a_scale_from_zero_has_rows_without_a_sum() -> None:
    scores = np.array([[0.0, 0, 0], [0, 3, 1]])
    found = Ratings("share", "uniform", "drop", 0.0).distributions(scores)
    np.testing.assert_allclose(found.D, [[1 / 3] * 3, [0, 0.75, 0.25]])
    assert found.flat == 1


@pytest.mark.parametrize(("missing", "filled"), [("floor", [1.0, 3, 5]), ("mean", [4.0, 3, 5])])
@pytest.mark.parametrize("rule", RULES)
def test_a_missing_score_is_imputed_from_its_own_row(
    rule: RatingRule, missing: MissingScore, filled: list[float]
) -> None:
    found = rated([[NAN, 3, 5], [1, 1, 2]], rule, missing=missing)
    np.testing.assert_allclose(found.D, [by_hand(filled, rule), by_hand([1, 1, 2], rule)], rtol=1e-14)
    assert (found.imputed, found.dropped) == (1, 0)
    assert "1 with a missing score taken as" in found.note


@pytest.mark.parametrize("rule", RULES)
def test_a_missing_score_drops_its_row(rule: RatingRule) -> None:
    found = rated([[NAN, 3, 5], [1, 1, 2], [2, NAN, NAN]], rule)
    assert found.rows.tolist() == [1]
    assert (found.total, found.dropped, found.imputed) == (3, 2, 0)
    assert "2 left out for a missing score" in found.note


@pytest.mark.parametrize("missing", get_args(MissingScore))
@pytest.mark.parametrize("rule", RULES)
def test_a_row_without_any_score_is_always_left_out(rule: RatingRule, missing: MissingScore) -> None:
    found = rated([[NAN, NAN], [1, 2]], rule, missing=missing)
    assert found.rows.tolist() == [1]
    assert (found.dropped, found.imputed, found.flat) == (1, 0, 0)


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 6), st.integers(2, 5)), elements=st.sampled_from([1.0, 2, 3, 4, 5, NAN])
    ),
    st.sampled_from(RULES),
    st.sampled_from(get_args(AtFloor)),
    st.sampled_from(get_args(MissingScore)),
)
def test_every_row_is_a_distribution_and_is_counted(
    scores: np.ndarray, rule: RatingRule, at_floor: AtFloor, missing: MissingScore
) -> None:
    found = Ratings(rule, at_floor, missing, 1.0).distributions(scores)
    assert len(found.D) == len(found.rows) <= len(scores)
    assert np.isfinite(found.D).all()
    assert (found.D >= 0).all()
    np.testing.assert_allclose(found.D.sum(1), 1, rtol=1e-12)
    left_out = found.dropped + (found.flat if at_floor == "drop" else 0)
    assert len(found.rows) + left_out == len(scores)


def test_a_row_does_not_depend_on_others() -> None:
    rows = [[1.0, 2, NAN], [5, 1, 1], [1, 1, 1]]
    joint = rated(rows, "above_floor", missing="mean")
    alone = [rated([row], "above_floor", missing="mean").D[0] for row in rows]
    np.testing.assert_array_equal(joint.D, alone)


def test_a_floor_that_no_score_reaches_is_named_where_it_matters() -> None:
    scores = np.array([[2.0, NAN], [3.0, 2.5]])
    hint = "No score is 1, the floor; the lowest is 2. State 'floor: 2' if that is the scale's."
    assert Ratings("above_floor", "uniform", "drop", 1.0).floor_hint(scores) == hint
    assert Ratings("share", "uniform", "floor", 1.0).floor_hint(scores) == hint
    assert Ratings("share", "uniform", "drop", 1.0).floor_hint(scores) == ""
    assert Ratings("above_floor", "uniform", "drop", 2.0).floor_hint(scores) == ""
    assert Ratings("above_floor", "uniform", "drop", 1.0).floor_hint(scores[:0]) == ""


@pytest.fixture(scope="module")
def folder(data_dir: Path) -> Path:
    return data_dir / "emopaircompete"


@pytest.mark.slow
def test_the_real_contest_under_each_rule(folder: Path) -> None:
    as_before = [recording.D for recording in EmoPair(path=folder).load()]
    assert len(as_before) == 308
    filled = EmoPair(path=folder, missing="floor")
    assert len(list(filled.load())) == 312
    assert "312 of 312" in filled.notes[0]
    assert "4 with a missing score" in filled.notes[0]
    uniform = np.stack([recording.D for recording in EmoPair(path=folder, ratings="above_floor").load()])
    assert (uniform == 0.1).all(1).sum() == 13
    without = EmoPair(path=folder, ratings="above_floor", at_floor="drop")
    assert len(list(without.load())) == 308 - 13
    assert "13 with every score at the floor left out" in without.notes[0]
    assert all((D > 0).all() for D in as_before)
    assert (uniform == 0).any()
