"""Turn the ratings of a questionnaire into a distribution over its emotions, by the same rules in every source.

    share        D_k = s_k / Σ_j s_j
    above_floor  D_k = (s_k − f) / Σ_j (s_j − f)
    softmax      D_k = exp s_k / Σ_j exp s_j

s are the scores of one answered questionnaire and f is the lowest score of the scale. On a scale from 1, ``share``
(what DMER publishes) gives a share even to an emotion that was not felt at all, so that all distributions lie close
together; ``above_floor`` gives it none, and then a questionnaire without any emotion has no distribution of its own.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64

RatingRule = Literal["share", "above_floor", "softmax"]
"""How scores become a distribution."""
AtFloor = Literal["uniform", "drop"]
"""What happens where the scores leave nothing to divide: a uniform distribution, or the questionnaire is left out."""
MissingScore = Literal["drop", "floor", "mean"]
"""What happens where a score is missing: the questionnaire is left out, or the score is taken to be the lowest of the
scale or the mean of the questionnaire's other scores. Never a mean over questionnaires, which would carry information
about the people who are tested."""

IMPUTED = {"floor": "the lowest score of the scale", "mean": "the mean of the row's other scores"}
"""Treatment of missing scores that keeps a row -> what replaces them."""


@dataclass(frozen=True)
class RatedDistributions:
    """Hold the distributions made from ratings, with counts of what was left out or imputed.

    Args:
        D: (n, k) distributions.
        rows: (n,) the index of each among the rated rows, from 0.
        total: the number of rated rows.
        dropped: the number of rows left out for a missing score.
        imputed: the number of rows in which a missing score was replaced.
        flat: the number of rows whose scores left nothing to divide.
        rules: the rules by which they were made.
    """

    D: Float64[np.ndarray, "n k"]
    rows: Int64[np.ndarray, "n"]
    total: int
    dropped: int
    imputed: int
    flat: int
    rules: "Ratings"

    @property
    def note(self) -> str:
        """Return one sentence with the rule and the counts, for the notes of a source."""
        parts = [f"Ratings by '{self.rules.rule}': {len(self.rows)} of {self.total} rated rows have a distribution"]
        if self.dropped:
            parts.append(f"{self.dropped} left out for a missing score")
        if self.imputed:
            parts.append(f"{self.imputed} with a missing score taken as {IMPUTED[self.rules.missing]}")
        if self.flat:
            fate = "left out" if self.rules.at_floor == "drop" else "taken as uniform"
            parts.append(f"{self.flat} with every score at the floor {fate}")
        return "; ".join(parts) + "."


@dataclass(frozen=True)
class Ratings:
    """Hold the rules by which one source turns scores into distributions.

    Args:
        rule: how scores become a distribution.
        at_floor: what happens where the scores leave nothing to divide.
        missing: what happens where a score is missing. A row without any score is always left out.
        floor: the lowest score of the scale, at least 0.

    Example:
        >>> import numpy as np
        >>> ratings = Ratings("above_floor", "uniform", "drop", floor=1.0)
        >>> ratings.distributions(np.array([[1.0, 2.0, 4.0]])).D.tolist()
        [[0.0, 0.25, 0.75]]
    """

    rule: RatingRule
    at_floor: AtFloor
    missing: MissingScore
    floor: float

    def distributions(self, scores: Float64[np.ndarray, "N k"]) -> RatedDistributions:
        """Return the distributions of rated rows.

        Args:
            scores: (N, k) scores from the floor upwards, NaN where an item was not rated.

        Returns:
            The distributions of the n ≤ N rows that have one.
        """
        absent = np.isnan(scores)
        is_incomplete = absent.any(1)
        is_dropped = is_incomplete if self.missing == "drop" else absent.all(1)
        mass = self._mass(self._imputed(scores, absent))
        total = mass.sum(1)
        is_flat = (total == 0) & ~is_dropped
        is_used = ~is_dropped if self.at_floor == "uniform" else ~is_dropped & ~is_flat
        D = np.where(is_flat[:, None], 1 / scores.shape[1], mass / np.where(total > 0, total, 1.0)[:, None])
        rows = np.flatnonzero(is_used)
        return RatedDistributions(
            D[rows],
            rows,
            total=len(scores),
            dropped=int(is_dropped.sum()),
            imputed=int((is_incomplete & ~is_dropped).sum()),
            flat=int(is_flat.sum()),
            rules=self,
        )

    def floor_hint(self, scores: Float64[np.ndarray, "N k"]) -> str:
        """Return a hint where no score reaches a floor that distributions depend on: scales often start at 1.

        Args:
            scores: (N, k) scores, NaN where an item was not rated.

        Returns:
            A sentence, or ''.
        """
        lowest = float(np.fmin.reduce(scores, axis=None, initial=np.inf))
        if (self.rule != "above_floor" and self.missing != "floor") or not self.floor < lowest < np.inf:
            return ""
        stated = f"State 'floor: {lowest:g}' if that is the scale's."
        return f"No score is {self.floor:g}, the floor; the lowest is {lowest:g}. {stated}"

    def _imputed(
        self, scores: Float64[np.ndarray, "N k"], absent: Bool[np.ndarray, "N k"]
    ) -> Float64[np.ndarray, "N k"]:
        present = np.where(absent, 0.0, scores)
        mean = present.sum(1) / (~absent).sum(1).clip(1)
        filling = mean if self.missing == "mean" else np.full(len(scores), self.floor)
        return np.where(absent, filling[:, None], scores)

    def _mass(self, scores: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N k"]:
        if self.rule == "share":
            return scores
        if self.rule == "above_floor":
            return scores - self.floor
        powers: Float64[np.ndarray, "N k"] = np.exp(scores - scores.max(1, keepdims=True))
        return powers
