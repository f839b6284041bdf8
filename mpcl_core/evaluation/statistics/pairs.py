"""Test variants against a reference, paired by subject: Wilcoxon's signed-rank test with Holm's correction.

With r the ranks of the sizes of the differences, of the subjects that differ (ties share their mean), and p₍₁₎ ≤ …
≤ p₍ₘ₎ the p-values of one family of tests::

    W⁺ = Σ r where the variant is better      W⁻ = Σ r where it is worse
    rank-biserial  (W⁺ − W⁻) / (W⁺ + W⁻)      1: every subject gains, −1: every one loses (Kerby, 2014)
    Holm (1979)    p₍ᵢ₎ ← max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)

The smallest two-sided p of n differences is 2^(1 − n), which from six on is below .05: with fewer, no p is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.statistics.intervals import interval
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER

MIN_DIFFERING = 6
"""The number of subjects that must differ for a test."""

SCORE_DIGITS = 6
"""Decimal places to which differences of scores are rounded: rounding errors are no evidence, but ranks count them.

Networks predict in single precision, so that scores of equal predictions differ by up to about 1e-7.
"""


@dataclass(frozen=True)
class PairedTest:
    """Hold the test of a variant against a reference by one metric.

    Args:
        variant, reference, metric: what is compared.
        n_subjects: the number of subjects.
        wins, losses: the numbers of subjects for whom the variant is better, and worse.
        difference: variant − reference, the mean over subjects, in the metric's own unit and direction.
        low, high: its 95 % interval over subjects; NaN with fewer than three.
        rank_biserial: the effect size, above 0 where the variant is better; 0 where no subject differs.
        p: two-sided p of Wilcoxon's signed-rank test over subjects; NaN where too few differ.
        p_holm: the same after Holm's correction.
        family: the number of tests corrected for: all with this reference, by this metric, in one table.
        note: why there is no p; empty where there is one.
        tried: how many settings were tried for the two variants in each fold, where one was searched; 1 otherwise. No
            trial of a search uses a test window, so that p is not corrected for them.
    """

    variant: str
    reference: str
    metric: str
    n_subjects: int
    wins: int
    losses: int
    difference: float
    low: float
    high: float
    rank_biserial: float
    p: float
    p_holm: float = np.nan
    family: int = 0
    note: str = ""
    tried: int = 1

    def mirrored(self) -> "PairedTest":
        """Return the test of the reference against the variant.

        Returns:
            The test with signs, wins and losses exchanged, and the same p.
        """
        return replace(
            self,
            variant=self.reference,
            reference=self.variant,
            wins=self.losses,
            losses=self.wins,
            difference=-self.difference,
            low=-self.high,
            high=-self.low,
            rank_biserial=-self.rank_biserial,
        )


def paired_tests(
    scores: Mapping[str, Float64[np.ndarray, "S"]],
    reference: str,
    metric: str,
    earlier: Sequence[PairedTest] = (),
    directions: Mapping[str, bool] = HIGHER_IS_BETTER,
) -> list[PairedTest]:
    """Test every other variant against the reference.

    Args:
        scores: variant -> (S,) its score for each subject, the same subjects in the same order.
        reference: one of the variants.
        metric: the metric of the scores.
        earlier: tests by the same metric. A test of the reference against a variant is not repeated with the two
            exchanged: it keeps its p, and is no member of this family.
        directions: metric -> whether a larger score is better.

    Returns:
        The tests in the order of the variants.
    """
    done = {test.reference: test.mirrored() for test in earlier if test.variant == reference}
    others = [name for name in scores if name != reference]
    sign = 1 if directions[metric] else -1
    differences = {name: _rounded(scores[name] - scores[reference]) for name in others if name not in done}
    bounds = interval(np.stack([*differences.values()])).tolist() if differences else []
    found = [
        _test(name, reference, metric, difference, bound, sign)
        for (name, difference), bound in zip(differences.items(), bounds, strict=True)
    ]
    family = sum(not np.isnan(test.p) for test in found)
    corrected = zip(found, holm([test.p for test in found]), strict=True)
    done |= {test.variant: replace(test, p_holm=p, family=family) for test, p in corrected}
    return [done[name] for name in others]


def _rounded(difference: Float64[np.ndarray, "S"]) -> Float64[np.ndarray, "S"]:
    """Replace differences that are rounding errors by 0.

    Returns:
        (S,) the differences.
    """
    kept: Float64[np.ndarray, S] = np.where(difference.round(SCORE_DIGITS) == 0, 0.0, difference)
    return kept


def _test(
    variant: str,
    reference: str,
    metric: str,
    difference: Float64[np.ndarray, "S"],
    bounds: Sequence[float],
    sign: int,
) -> PairedTest:
    gain, (low, high) = sign * difference.round(SCORE_DIGITS), bounds
    return PairedTest(
        variant=variant,
        reference=reference,
        metric=metric,
        n_subjects=len(gain),
        wins=int((gain > 0).sum()),
        losses=int((gain < 0).sum()),
        difference=float(difference.mean()),
        low=low,
        high=high,
        rank_biserial=rank_biserial(gain),
        p=signed_rank(gain),
        note=_note(int((gain != 0).sum())),
    )


def signed_rank(gain: Float64[np.ndarray, "S"]) -> float:
    """Return Wilcoxon's two-sided p of the gains that are not 0; NaN with fewer than six.

    It is exact up to 50 subjects whose gains differ in size, by permutation where a few are tied, and by the normal
    approximation otherwise: scipy's choice.

    Args:
        gain: (S,) gain of each subject, above 0 where the variant is better.

    Returns:
        The p-value.
    """
    from scipy.stats import wilcoxon

    differing = gain[gain != 0]
    return float(wilcoxon(differing).pvalue) if len(differing) >= MIN_DIFFERING else np.nan


def rank_biserial(gain: Float64[np.ndarray, "S"]) -> float:
    """Return (W⁺ − W⁻) / (W⁺ + W⁻); 0 where all gains are 0.

    Args:
        gain: (S,) gain of each subject, above 0 where the variant is better.

    Returns:
        The effect size, between −1 and 1.
    """
    from scipy.stats import rankdata

    differing = gain[gain != 0]
    ranks = rankdata(np.abs(differing))
    return float((np.sign(differing) * ranks).sum() / ranks.sum()) if len(differing) else 0.0


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's corrected p-values.

    Args:
        p: the p-values of one family; NaN stays NaN and is no member of it.

    Returns:
        The corrected p-values in the same order.
    """
    values = np.array(p, dtype=np.float64)
    order = np.argsort(values)[: np.count_nonzero(~np.isnan(values))]  # NaN sorts last
    corrected = np.full(len(values), np.nan)
    steps = values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(value) for value in corrected]


def _note(differing: int) -> str:
    if differing >= MIN_DIFFERING:
        return ""
    count = {0: "no subject differs", 1: "1 subject differs"}.get(differing, f"{differing} subjects differ")
    return f"{count}; a test needs {MIN_DIFFERING}"
