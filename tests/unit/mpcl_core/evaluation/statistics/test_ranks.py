"""Rank variants as scipy and tables in print do."""

import numpy as np
import pytest
from scipy import stats

from mpcl_core.evaluation.statistics.ranks import ALPHA, average_ranks, undistinguished

RNG = np.random.default_rng(7)
SCORES = {name: 0.1 + 0.01 * k + 0.02 * RNG.random(20) for k, name in enumerate("abcd")}


@pytest.mark.parametrize("higher", [False, True])
def test_friedman_and_nemenyi_are_those_of_scipy(higher: bool) -> None:
    ranks = average_ranks(SCORES, higher)
    assert ranks is not None
    expected = stats.friedmanchisquare(*SCORES.values())
    assert (ranks.statistic, ranks.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert ranks.variants == (("d", "c", "b", "a") if higher else ("a", "b", "c", "d"))
    assert ranks.average.sum() == pytest.approx(4 * 5 / 2)
    unit = np.sqrt(4 * 5 / (6 * 20))
    at_the_edge = stats.studentized_range.sf(ranks.critical / unit * np.sqrt(2), 4, np.inf)
    assert at_the_edge == pytest.approx(ALPHA)


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


def test_undistinguished_sets_are_as_large_as_possible() -> None:
    base = np.tile([[1.0], [2], [3], [4], [5]], 10)
    base[[1, 2], :2] = base[[2, 1], :2]
    base[[3, 4], 5:9] = base[[4, 3], 5:9]
    ranks = average_ranks(dict(zip("abcde", base, strict=True)), higher_is_better=False)
    assert ranks is not None
    assert undistinguished(ranks) == [("a", "b", "c"), ("c", "d", "e")]
    for names in undistinguished(ranks):
        places = [ranks.average[ranks.variants.index(name)] for name in names]
        assert max(places) - min(places) < ranks.critical


def test_equal_variants_are_one_undistinguished_set() -> None:
    ranks = average_ranks({name: np.full(8, 0.2) for name in "abc"}, higher_is_better=False)
    assert ranks is not None
    assert (ranks.statistic, ranks.p) == (0.0, 1.0)
    assert undistinguished(ranks) == [("a", "b", "c")]


@pytest.mark.parametrize(("variants", "subjects"), [(2, 20), (3, 4), (0, 0)])
def test_too_few_variants_or_subjects_are_not_ranked(variants: int, subjects: int) -> None:
    assert average_ranks({str(i): RNG.random(subjects) for i in range(variants)}, False) is None
