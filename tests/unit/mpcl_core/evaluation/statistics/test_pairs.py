"""Intervals, paired tests and ranks against scipy, tables in print, and cases worked by hand."""

import numpy as np
import pytest
from scipy import stats

from mpcl_core.evaluation.metrics import METRICS, SubjectScores
from mpcl_core.evaluation.statistics import interval
from mpcl_core.evaluation.statistics.pairs import holm, paired_tests, rank_biserial, signed_rank
from mpcl_core.evaluation.statistics.ranks import ALPHA, average_ranks, undistinguished
from mpcl_core.evaluation.statistics.seed_average import average_over_seeds
from mpcl_core.evaluation.statistics.tested_windows import identify_windows
from mpcl_core.runs.predictions import Predictions

RNG = np.random.default_rng(7)
SCORES = {name: 0.1 + 0.01 * k + 0.02 * RNG.random(20) for k, name in enumerate("abcd")}


def test_an_interval_is_scipys_bca_over_subjects() -> None:
    values = RNG.exponential(size=15)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    assert interval(values) == (expected.low, expected.high)
    assert expected.high - values.mean() > values.mean() - expected.low, "skewed data have a skewed interval"


def test_a_pair_is_scipys_wilcoxon_over_subjects() -> None:
    found = {pair.variant: pair for pair in paired_tests(SCORES, "a", "kl_divergence")}
    assert list(found) == ["b", "c", "d"]
    for name, pair in found.items():
        difference = SCORES[name] - SCORES["a"]
        assert pair.p == stats.wilcoxon(SCORES[name], SCORES["a"]).pvalue
        assert pair.difference == pytest.approx(difference.mean())
        assert (pair.low, pair.high) == interval(difference)
        assert (pair.wins, pair.losses) == ((difference < 0).sum(), (difference > 0).sum())
        assert (pair.n_subjects, pair.family, pair.note) == (20, 3, "")


def test_by_a_metric_where_higher_is_better_the_signs_of_gain_turn_and_the_difference_does_not() -> None:
    down, up = (paired_tests(SCORES, "a", metric)[0] for metric in ("clark", "cosine"))
    assert (up.wins, up.losses, up.rank_biserial) == (down.losses, down.wins, -down.rank_biserial)
    assert (up.difference, up.p) == (down.difference, down.p)
    assert up.rank_biserial > 0


def test_rank_biserial_by_hand() -> None:
    gain = np.array([0.0, 1.0, -2.0, 3.0, 3.0, 5.0])  # ranks 1, 2, 3.5, 3.5, 5
    assert rank_biserial(gain) == pytest.approx((1 - 2 + 3.5 + 3.5 + 5) / 15)
    assert rank_biserial(np.zeros(4)) == 0
    statistic = stats.wilcoxon(gain[1:]).statistic  # the smaller of W⁺ and W⁻
    assert rank_biserial(gain) == pytest.approx(1 - 2 * statistic / 15)


def test_six_that_agree_are_the_fewest_that_can_be_significant() -> None:
    assert signed_rank(np.arange(1.0, 7)) == pytest.approx(2 / 2**6)
    assert np.isnan(signed_rank(np.arange(1.0, 6)))
    five = {"a": np.zeros(8), "b": np.array([1.0, 2, 3, 4, 5, 0, 0, 0]), "c": np.arange(1.0, 9)}
    few, enough = paired_tests(five, "a", "kl_divergence")
    assert np.isnan([few.p, few.p_holm]).all()
    assert few.note == "5 subjects differ; a test needs 6"
    assert (enough.p_holm, enough.family) == (enough.p, 1)


def test_what_is_left_of_rounding_is_no_difference() -> None:
    """(0.1 + 0.2) − 0.3 > 0 in every subject would be a perfect, significant loss."""
    (pair,) = paired_tests({"a": np.full(20, 0.3), "b": np.full(20, 0.1 + 0.2)}, "a", "kl_divergence")
    assert (pair.wins, pair.losses, pair.difference, pair.rank_biserial) == (0, 0, 0.0, 0.0)
    assert (pair.low, pair.high) == (0.0, 0.0)
    assert pair.note == "no subject differs; a test needs 6"
    same = {"a": SCORES["a"], "b": SCORES["a"] + 1e-16, "c": SCORES["b"]}
    ranks = average_ranks(same, higher_is_better=False)
    assert ranks is not None
    assert dict(zip(ranks.variants, ranks.average, strict=True))["a"] == ranks.average[1]


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9, 0.6]) == [1.0, 1.0, 1.0]
    assert holm([0.04, np.nan, 0.03]) == pytest.approx([0.06, np.nan, 0.06], nan_ok=True)
    assert holm([]) == []


def test_holm_keeps_the_family_wise_error() -> None:
    """One of four null tests below .05: uncorrected in 19 % of the families, corrected in at most 5 %."""
    p = np.random.default_rng(1).random((4000, 4))
    wrong = np.mean([min(holm(family.tolist())) < ALPHA for family in p])
    assert 0.04 < wrong < 0.06
    assert np.mean(p.min(1) < ALPHA) > 0.17


@pytest.mark.parametrize("higher", [False, True])
def test_friedman_and_nemenyi_are_scipys(higher: bool) -> None:
    ranks = average_ranks(SCORES, higher)
    assert ranks is not None
    expected = stats.friedmanchisquare(*SCORES.values())
    assert (ranks.statistic, ranks.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert ranks.variants == (("d", "c", "b", "a") if higher else ("a", "b", "c", "d"))
    assert ranks.average.sum() == pytest.approx(4 * 5 / 2)
    unit = np.sqrt(4 * 5 / (6 * 20))
    at_the_edge = stats.studentized_range.sf(ranks.critical / unit * np.sqrt(2), 4, np.inf)
    assert at_the_edge == pytest.approx(ALPHA)
    gap = np.abs(ranks.average[:, None] - ranks.average)
    assert np.array_equal(ranks.p_pairs < ALPHA, gap > ranks.critical)


@pytest.mark.parametrize(("k", "q"), [(3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (10, 3.164)])
def test_critical_differences_are_those_of_demsars_table(k: int, q: float) -> None:
    ranks = average_ranks({str(i): RNG.random(14) for i in range(k)}, higher_is_better=False)
    assert ranks is not None
    assert ranks.critical == pytest.approx(q * np.sqrt(k * (k + 1) / (6 * 14)), rel=1e-3)


def test_demsars_example_of_four_classifiers() -> None:
    """Table 6 there: average ranks 3.143, 2.000, 2.893, 1.964 over 14 data sets, χ² = 9.28, CD = 1.25."""
    table = """.763 .768 .771 .798 | .599 .591 .590 .569 | .954 .971 .968 .967 | .628 .661 .654 .657 | .882 .888 .886 .898
        | .936 .931 .916 .931 | .661 .668 .609 .685 | .583 .583 .563 .625 | .775 .838 .866 .875 | 1.000 1.000 1.000 1.000
        | .940 .962 .965 .962 | .619 .666 .614 .669 | .972 .981 .9751 .975 | .957 .978 .946 .970"""
    values = np.array([line.split() for line in table.split("|")], dtype=float).T
    ranks = average_ranks(dict(zip(["c4.5", "m", "cf", "m+cf"], values, strict=True)), higher_is_better=True)
    assert ranks is not None
    assert ranks.variants == ("m+cf", "m", "cf", "c4.5")
    assert ranks.average == pytest.approx([1.964, 2.0, 2.893, 3.143], abs=5e-4)
    ties = (4**3 - 4) + 3 * (2**3 - 2)
    assert ranks.statistic == pytest.approx(9.28 / (1 - ties / (14 * (4**3 - 4))), abs=0.01), "corrected for ties"
    assert ranks.critical == pytest.approx(1.25, abs=0.01)


def test_sets_that_are_not_told_apart_are_as_large_as_they_can_be() -> None:
    base = np.tile([[1.0], [2], [3], [4], [5]], 10)
    base[[1, 2], :2] = base[[2, 1], :2]
    base[[3, 4], 5:9] = base[[4, 3], 5:9]
    ranks = average_ranks(dict(zip("abcde", base, strict=True)), higher_is_better=False)
    assert ranks is not None
    assert undistinguished(ranks) == [("a", "b", "c"), ("c", "d", "e")]
    for names in undistinguished(ranks):
        places = [ranks.average[ranks.variants.index(name)] for name in names]
        assert max(places) - min(places) < ranks.critical


def test_without_a_difference_at_all_nothing_is_told_apart() -> None:
    ranks = average_ranks({name: np.full(8, 0.2) for name in "abc"}, higher_is_better=False)
    assert ranks is not None
    assert (ranks.statistic, ranks.p) == (0.0, 1.0)
    assert undistinguished(ranks) == [("a", "b", "c")]


@pytest.mark.parametrize(("variants", "subjects"), [(2, 20), (3, 4), (0, 0)])
def test_too_few_are_not_ranked(variants: int, subjects: int) -> None:
    assert average_ranks({str(i): RNG.random(subjects) for i in range(variants)}, False) is None


def test_a_subject_that_a_seed_did_not_test_has_the_mean_of_the_others() -> None:
    def scores(names: str, *values: float) -> SubjectScores:
        return SubjectScores(np.array(list(names)), {metric: np.array(values) for metric in METRICS})

    found = average_over_seeds([scores("ab", 1.0, 2.0), scores("b", 4.0)])
    assert found.subjects.tolist() == ["a", "b"]
    assert found.scores["clark"].tolist() == [1.0, 3.0]


def test_rows_are_told_by_what_they_are_and_not_by_their_number() -> None:
    D = RNG.dirichlet(np.ones(3), 4)
    text = np.array(["a", "a", "b", "b"])

    def rows(D: np.ndarray, row: list[int], trial: np.ndarray = text) -> object:
        order = np.argsort(row)
        return identify_windows(
            Predictions(D[order], D[order], np.ones(4), np.array(row)[order], text[order], trial[order])
        )

    assert rows(D, [0, 1, 2, 3]) == rows(D, [10, 11, 2, 3])
    assert rows(D, [0, 1, 2, 3]) == rows(D + 1e-13, [0, 1, 2, 3])
    assert rows(D, [0, 1, 2, 3]) != rows(D[[1, 0, 2, 3]], [0, 1, 2, 3])
    assert rows(D, [0, 1, 2, 3]) != rows(D, [0, 1, 2, 3], np.array(["a", "a", "b", "c"]))
