"""Ratings of a questionnaire -> a distribution over its emotions, by the same rules in every source.

    share        D_k = s_k / Σ_j s_j
    above_floor  D_k = (s_k − f) / Σ_j (s_j − f)
    softmax      D_k = exp s_k / Σ_j exp s_j

s are a row's scores and f is the lowest score of the scale. On a scale from 1, ``share`` (what DMER publishes) gives
an emotion that was not felt at all a share as well, so that all distributions lie close together; ``above_floor``
gives it none, and then a row without any emotion has no distribution of its own.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64

Rule = Literal["share", "above_floor", "softmax"]
"""How scores become a distribution."""
AtFloor = Literal["uniform", "drop"]
"""What becomes of a row whose scores leave nothing to divide: every emotion alike, or the row is left out."""
Missing = Literal["drop", "floor", "mean"]
"""What becomes of a row with a missing score: left out, or the score is taken to be the lowest of the scale, or the
mean of the row's other scores. Never a mean over rows, which would tell of people who are to be tested."""

IMPUTED = {"floor": "the lowest score of the scale", "mean": "the mean of the row's other scores"}


@dataclass(frozen=True)
class Rated:
    """The rows that have a distribution, and how many have none or not quite their own.

    Args:
        D: (n, k) distributions.
        rows: (n,) which rows they are, from 0.
        total: how many rows there were.
        dropped: rows left out for a missing score.
        imputed: rows in which a missing score was replaced.
        flat: rows whose scores left nothing to divide.
        rules: the rules they were made by.
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
        """One line on the rule and the counts."""
        parts = [f"Ratings by '{self.rules.rule}': {len(self.rows)} of {self.total} rated rows are used"]
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
    """The rules of one source.

    Args:
        rule: how scores become a distribution.
        at_floor: what becomes of a row with nothing to divide.
        missing: what becomes of a row with a missing score. One without any score is always left out.
        floor: the lowest score of the scale, from 0 on.
    """

    rule: Rule
    at_floor: AtFloor
    missing: Missing
    floor: float

    def distributions(self, scores: Float64[np.ndarray, "N k"]) -> Rated:
        """The rows' distributions.

        Args:
            scores: (N, k) from the floor on, NaN where an item was not rated.
        """
        absent = np.isnan(scores)
        lacking = absent.any(1)
        gone = lacking if self.missing == "drop" else absent.all(1)
        mass = self._mass(self._filled(scores, absent))
        total = mass.sum(1)
        flat = (total == 0) & ~gone
        kept = ~gone if self.at_floor == "uniform" else ~gone & ~flat
        D = np.where(flat[:, None], 1 / scores.shape[1], mass / np.where(total > 0, total, 1.0)[:, None])
        rows = np.flatnonzero(kept)
        return Rated(D[rows], rows, len(scores), int(gone.sum()), int((lacking & ~gone).sum()), int(flat.sum()), self)

    def _filled(
        self, scores: Float64[np.ndarray, "N k"], absent: Bool[np.ndarray, "N k"]
    ) -> Float64[np.ndarray, "N k"]:
        given = np.where(absent, 0.0, scores)
        mean = given.sum(1) / (~absent).sum(1).clip(1)
        filling = mean if self.missing == "mean" else np.full(len(scores), self.floor)
        return np.where(absent, filling[:, None], scores)

    def _mass(self, scores: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N k"]:
        if self.rule == "share":
            return scores
        if self.rule == "above_floor":
            return scores - self.floor
        powers: Float64[np.ndarray, "N k"] = np.exp(scores - scores.max(1, keepdims=True))
        return powers
