"""Variants against a reference, paired by subject: Wilcoxon's signed-rank test with Holm's correction.

With r the ranks of the sizes of the differences, of the subjects that differ (ties share their mean), and p₍₁₎ ≤ …
≤ p₍ₘ₎ the tests of one family::

    W⁺ = Σ r where the variant is better      W⁻ = Σ r where it is worse
    rank-biserial  (W⁺ − W⁻) / (W⁺ + W⁻)      1: every subject gains, −1: every one loses (Kerby, 2014)
    Holm (1979)    p₍ᵢ₎ ← max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)

The smallest two-sided p of n differences is 2^(1 − n), which from six on is below .05: with fewer, no p is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER
from mpcl_core.evaluation.statistics.intervals import interval

FEWEST = 6
"""Subjects that must differ for a test."""

DIGITS = 12
"""Differences are rounded to so many places: what is left of rounding is no evidence, but a test by ranks counts it."""


@dataclass(frozen=True)
class Pair:
    """A variant against the reference by one metric.

    Args:
        variant, reference, metric: what is compared.
        n_subjects: who have a score with both.
        wins, losses: for how many of them the variant is better, and worse.
        difference: variant − reference, the mean over subjects, in the metric's own unit and direction.
        low, high: its 95 % interval over subjects; NaN with fewer than three.
        rank_biserial: the effect size, above 0 where the variant is better; 0 where nobody differs.
        p: two-sided, Wilcoxon's signed-rank test over subjects; NaN where there are too few.
        p_holm: the same after Holm's correction.
        family: how many tests it was corrected for: all with this reference, by this metric, in one table.
        note: why there is no p.
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

    def mirrored(self) -> "Pair":
        """The reference against the variant."""
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


def pairs(
    scores: Mapping[str, Float64[np.ndarray, "S"]], reference: str, metric: str, before: Sequence[Pair] = ()
) -> list[Pair]:
    """Every other variant against the reference.

    Args:
        scores: variant -> its score for each subject, the same subjects in the same order.
        reference: one of the variants.
        metric: which score it is.
        before: tests by the same metric. One of the reference against a variant is not done again the other way
            round: it keeps its p, and is no member of this family.
    """
    done = {pair.reference: pair.mirrored() for pair in before if pair.variant == reference}
    others = [name for name in scores if name != reference]
    found = [_pair(name, reference, metric, scores[name] - scores[reference]) for name in others if name not in done]
    family = sum(not np.isnan(pair.p) for pair in found)
    corrected = zip(found, holm([pair.p for pair in found]), strict=True)
    done |= {pair.variant: replace(pair, p_holm=p, family=family) for pair, p in corrected}
    return [done[name] for name in others]


def _pair(variant: str, reference: str, metric: str, difference: Float64[np.ndarray, "S"]) -> Pair:
    exact = difference.round(DIGITS)
    difference = np.where(exact == 0, 0.0, difference)
    gain = exact if HIGHER_IS_BETTER[metric] else -exact
    low, high = interval(difference)
    return Pair(
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
    """Wilcoxon's two-sided p of the gains that are not 0; NaN with fewer than six.

    Exact up to 50 subjects whose gains differ in size, by permutation where a few are tied, and by the normal
    approximation otherwise: scipy's choice.
    """
    from scipy.stats import wilcoxon

    differing = gain[gain != 0]
    return float(wilcoxon(differing).pvalue) if len(differing) >= FEWEST else np.nan


def rank_biserial(gain: Float64[np.ndarray, "S"]) -> float:
    """(W⁺ − W⁻) / (W⁺ + W⁻); 0 where all gains are."""
    from scipy.stats import rankdata

    differing = gain[gain != 0]
    ranks = rankdata(np.abs(differing))
    return float((np.sign(differing) * ranks).sum() / ranks.sum()) if len(differing) else 0.0


def holm(p: Sequence[float]) -> list[float]:
    """The corrected p-values, in the same order; NaN stays NaN and is no member of the family."""
    values = np.array(p, dtype=np.float64)
    order = np.argsort(values)[: np.count_nonzero(~np.isnan(values))]  # NaN sorts last
    corrected = np.full(len(values), np.nan)
    steps = values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(value) for value in corrected]


def _note(differing: int) -> str:
    if differing >= FEWEST:
        return ""
    count = {0: "no subject differs", 1: "1 subject differs"}.get(differing, f"{differing} subjects differ")
    return f"{count}; a test needs {FEWEST}"
