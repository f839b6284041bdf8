"""The six metrics against PyLDL's, hand-worked rows, an explicit loop, and their formulas."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.evaluation.metrics import (
    FLOOR,
    METRICS,
    micro_mean,
    subject_scores,
    window_scores,
)
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER
from support.paths import ROOT

PYLDL: dict[str, Any] = json.loads((ROOT / "tests" / "support" / "pyldl_values.json").read_text())
"""What PyLDL itself says; ``pyldl_values.py`` has the command that made it."""


def loop(d: list[float], p: list[float]) -> dict[str, float]:
    """One row, term by term."""
    clark = canberra = kl = dot = dd = pp = overlap = widest = 0.0
    for a, b in zip(d, p, strict=True):
        widest = max(widest, abs(a - b))
        if a + b > 0:
            clark += ((a - b) / (a + b)) ** 2
            canberra += abs(a - b) / (a + b)
        if a > 0:
            kl += a * math.log(a / max(b, FLOOR))
        dot, dd, pp = dot + a * b, dd + a * a, pp + b * b
        overlap += min(a, b)
    return {
        "chebyshev": widest,
        "clark": math.sqrt(clark),
        "canberra": canberra,
        "kl_divergence": kl,
        "cosine": dot / math.sqrt(dd * pp),
        "intersection": overlap,
    }


def dirichlet(n: int, k: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(k), n)


def six_calls(d: np.ndarray, p: np.ndarray) -> dict[str, np.ndarray]:
    """The formulas as one would write them, valid for strictly positive rows."""
    return {
        "chebyshev": np.abs(d - p).max(1),
        "clark": np.sqrt((((d - p) / (d + p)) ** 2).sum(1)),
        "canberra": (np.abs(d - p) / (d + p)).sum(1),
        "kl_divergence": (d * np.log(d / np.maximum(p, FLOOR))).sum(1),
        "cosine": (d * p).sum(1) / (np.linalg.norm(d, axis=1) * np.linalg.norm(p, axis=1)),
        "intersection": np.minimum(d, p).sum(1),
    }


def test_names_order_and_direction() -> None:
    assert METRICS == ("chebyshev", "clark", "canberra", "kl_divergence", "cosine", "intersection")
    assert [name for name in METRICS if HIGHER_IS_BETTER[name]] == ["cosine", "intersection"]
    assert tuple(window_scores(dirichlet(2, 3, 0), dirichlet(2, 3, 1)).by_metric) == METRICS


def test_metrics_equal_pyldl_on_positive_distributions() -> None:
    reference = PYLDL["positive"]
    D, D_pred = np.array(reference["D"]), np.array(reference["D_pred"])
    assert min(D.min(), D_pred.min()) > 1e-6
    rows = window_scores(D, D_pred).by_metric
    mean = micro_mean(rows, np.ones(len(D)))
    assert list(reference["rows"]) == list(METRICS)
    for name in METRICS:
        np.testing.assert_allclose(rows[name], reference["rows"][name], rtol=0, atol=1e-12, err_msg=name)
        assert mean[name] == pytest.approx(reference["mean"][name], rel=0, abs=1e-12), name


def test_metrics_equal_pyldl_on_zeros_except_for_the_floor_of_the_kl() -> None:
    reference = PYLDL["zeros"]
    D, D_pred = np.array(reference["D"]), np.array(reference["D_pred"])
    rows = window_scores(D, D_pred).by_metric
    lower = np.where(D_pred == 0, D, 0).sum(1) * math.log(FLOOR / np.finfo(float).eps)
    for name, expected in reference["rows"].items():
        assert np.isfinite(rows[name]).all()
        ours = rows[name] + lower if name == "kl_divergence" else rows[name]
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12, err_msg=name)


def test_a_row_worked_by_hand() -> None:
    scores = window_scores(np.array([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.25, 0.5]]))
    assert scores.floored == 0
    expected = {
        "chebyshev": 0.25,
        "clark": math.sqrt(2) / 3,
        "canberra": 2 / 3,
        "kl_divergence": 0.25 * math.log(2),
        "cosine": (0.125 + 0.0625 + 0.125) / 0.375,
        "intersection": 0.75,
    }
    for name, value in expected.items():
        assert scores.by_metric[name][0] == pytest.approx(value, abs=1e-15), name


def test_a_perfect_prediction() -> None:
    D = np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    rows = window_scores(D, D).by_metric
    for name in METRICS:
        np.testing.assert_allclose(rows[name], 1.0 if HIGHER_IS_BETTER[name] else 0.0, atol=1e-15)


def test_zeros_in_truth_and_prediction() -> None:
    D = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    D_pred = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    scores = window_scores(D, D_pred)
    assert scores.floored == 2
    np.testing.assert_allclose(scores.by_metric["clark"], [math.sqrt(2), math.sqrt(1 / 9 + 1)])
    np.testing.assert_allclose(scores.by_metric["canberra"], [2.0, 1 / 3 + 1])
    np.testing.assert_allclose(
        scores.by_metric["kl_divergence"], [-math.log(1e-12), 0.5 * math.log(0.5) + 0.5 * math.log(0.5 / 1e-12)]
    )
    np.testing.assert_allclose(scores.by_metric["cosine"], [0.0, math.sqrt(0.5)])
    np.testing.assert_allclose(scores.by_metric["intersection"], [0.0, 0.5])


def test_only_a_floor_that_matters_is_counted() -> None:
    D = np.array([[1.0, 0.0], [0.5, 0.5]])
    D_pred = np.array([[1.0, 0.0], [1 - 1e-12, 1e-12]])
    assert window_scores(D, D_pred).floored == 0
    assert window_scores(D, np.array([[1.0, 0.0], [1.0, 9e-13]])).floored == 1


@given(
    st.integers(1, 6).flatmap(
        lambda k: st.lists(
            st.tuples(*[st.lists(st.sampled_from([0, 0, 1, 2, 7, 1000]), min_size=k, max_size=k)] * 2),
            min_size=1,
            max_size=5,
        )
    )
)
@settings(deadline=None, max_examples=100)
def test_rows_with_and_without_zeros_equal_the_loop(pairs: list[tuple[list[int], list[int]]]) -> None:
    pairs = [(d, p) for d, p in pairs if sum(d) and sum(p)]
    if not pairs:
        return
    D, D_pred = (np.array([np.array(pair[i]) / sum(pair[i]) for pair in pairs], dtype=np.float64) for i in (0, 1))
    rows = window_scores(D, D_pred).by_metric
    for i, (d, p) in enumerate(zip(D.tolist(), D_pred.tolist(), strict=True)):
        for name, value in loop(d, p).items():
            assert rows[name][i] == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("n", [1, 2047, 2048, 2049, 6000])
def test_metrics_equal_their_formulas_on_random_distributions(n: int) -> None:
    D, D_pred = dirichlet(n, 10, 1), dirichlet(n, 10, 2)
    rows = window_scores(D, D_pred).by_metric
    for name, expected in six_calls(D, D_pred).items():
        np.testing.assert_allclose(rows[name], expected, rtol=0, atol=1e-12, err_msg=name)


def test_single_precision_is_computed_in_double() -> None:
    D, D_pred = dirichlet(50, 5, 3), dirichlet(50, 5, 4).astype(np.float32)
    rows = window_scores(D, D_pred).by_metric
    for name, expected in window_scores(D, D_pred.astype(np.float64)).by_metric.items():
        assert rows[name].dtype == np.float64
        np.testing.assert_array_equal(rows[name], expected)


def test_arrays_that_are_not_contiguous() -> None:
    D, D_pred = dirichlet(40, 6, 5), dirichlet(40, 6, 6)
    rows = window_scores(np.asfortranarray(D)[::2], D_pred[::2]).by_metric
    for name, expected in window_scores(D, D_pred).by_metric.items():
        np.testing.assert_array_equal(rows[name], expected[::2])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0.5, 0.6, -0.1], "-0.1 is negative"),
        ([0.5, 0.5, 0.5], "sums to 1.5"),
        ([0.5, 0.4998, 0.0], "sums to 0.9998"),
        ([0.5, float("nan"), 0.5], "NaN"),
        ([0.0, 0.0, 0.0], "sums to 0"),
    ],
)
@pytest.mark.parametrize("field", ["D", "D_pred"])
def test_a_row_that_is_no_distribution(row: list[float], message: str, field: str) -> None:
    arrays = {"D": dirichlet(4, 3, 7), "D_pred": dirichlet(4, 3, 8)}
    arrays[field][2] = row
    with pytest.raises(DataError, match=message) as error:
        window_scores(arrays["D"], arrays["D_pred"])
    assert (error.value.field, error.value.row) == (field, 2)


def test_a_sum_within_the_tolerance_is_taken() -> None:
    window_scores(np.array([[0.5, 0.50009]]), np.array([[0.5, 0.49991]]))


def test_shapes_must_agree_and_rows_exist() -> None:
    with pytest.raises(DataError, match=r"shape \(3, 4\), but D has \(3, 5\)") as error:
        window_scores(dirichlet(3, 5, 0), dirichlet(3, 4, 0))
    assert error.value.field == "D_pred"
    with pytest.raises(DataError, match="no windows"):
        window_scores(np.zeros((0, 3)), np.zeros((0, 3)))


def test_subject_macro_and_micro_means_by_hand() -> None:
    rows = {"chebyshev": np.array([1.0, 2.0, 4.0, 10.0])}
    subject = np.array(["b", "b", "a", "b"])
    weight = np.array([1.0, 1.0, 5.0, 2.0])
    scores = subject_scores(rows, subject, weight)
    assert list(scores.subjects) == ["a", "b"]
    np.testing.assert_allclose(scores.scores["chebyshev"], [4.0, (1 + 2 + 20) / 4])
    assert micro_mean(rows, weight) == {"chebyshev": pytest.approx((1 + 2 + 20 + 20) / 9)}


def test_means_equal_a_loop_and_do_not_depend_on_the_scale_of_the_weights() -> None:
    rng = np.random.default_rng(0)
    rows = window_scores(dirichlet(500, 4, 9), dirichlet(500, 4, 10)).by_metric
    subject, weight = rng.choice(["S1", "S2", "S10"], 500), rng.uniform(0.1, 2, 500)
    scores, scaled = subject_scores(rows, subject, weight), subject_scores(rows, subject, 7 * weight)
    for name, values in rows.items():
        for i, who in enumerate(scores.subjects):
            mine = subject == who
            expected = sum(w * v for w, v in zip(weight[mine], values[mine], strict=True)) / weight[mine].sum()
            assert scores.scores[name][i] == pytest.approx(expected, abs=1e-12)
        np.testing.assert_allclose(scaled.scores[name], scores.scores[name], atol=1e-12)


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_a_weight_that_is_none(bad: float) -> None:
    rows, weight = {"clark": np.ones(3)}, np.array([1.0, bad, 1.0])
    with pytest.raises(DataError, match="not a weight") as error:
        micro_mean(rows, weight)
    assert (error.value.field, error.value.row) == ("weight", 1)
    with pytest.raises(DataError, match="not a weight"):
        subject_scores(rows, np.array(["a", "a", "b"]), weight)


def test_weights_that_are_all_zero() -> None:
    rows = {"clark": np.ones(3)}
    with pytest.raises(DataError, match="subject 'b' have weight 0"):
        subject_scores(rows, np.array(["a", "a", "b"]), np.array([1.0, 0.0, 0.0]))
    with pytest.raises(DataError, match="all windows have weight 0"):
        micro_mean(rows, np.zeros(3))
