"""Simulate what a person feels during a clip, and how they rate it.

An emotion i of a block B (pleasant or unpleasant) has a propensity, in points of the rating scale,

    x_i = start_B + rise_B(condition) + spread * (sqrt(rho) F_B + sqrt(1 - rho) G_i)

F_B is shared by the five emotions of the block, G_i is the emotion's own. Each is a standard normal sum of a
part of the clip (half of the variance), of the person (15 %) and of the trial (35 %), so that two people
agree about a clip in part. What is felt is max(0, x_i); the rating is 1 + that, rounded, at most 5.

The constants are set so that ratings resemble those of the same ten items in the Motivational State
Questionnaire: most are at the lowest step, the more so the unpleasant ones; emotions of one block are correlated
(about .55) and those of different blocks hardly (about .07). A mixed clip raises both blocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

POSITIVE = ("inspired", "alert", "excited", "enthusiastic", "determined")
NEGATIVE = ("afraid", "upset", "nervous", "scared", "distressed")
EMOTIONS = POSITIVE + NEGATIVE
CONDITIONS = ("positive", "negative", "mixed", "mixed")
"""Of the clips in turn, so that half of them are mixed."""

START = np.array([-1.2, -1.7])
RISE = {"positive": np.array([1.7, 0.0]), "negative": np.array([0.0, 1.7]), "mixed": np.array([2.1, 2.1])}
SPREAD = 1.4
SHARES = {"clip": 0.5, "person": 0.15, "trial": 0.35}
AROUSAL = np.array([0.2, 0.5, 1.0, 0.8, 0.5, 0.8, 0.3, 0.6, 1.0, 0.5])
TYPICAL = {
    "valence": (0.23, 1.03),
    "arousal": (0.71, 0.57),
    "conflict": (0.31, 0.46),
    "emotions": (0.70, 1.0),
}
"""Mean and standard deviation over many trials at the default co-occurrence, to bring a drive to scale."""
LIMIT = 6.0
"""Beyond which the body follows no further."""


@dataclass(frozen=True)
class Leaning:
    """Hold what a clip, a person or a trial adds.

    Args:
        block: (2,) standard normal numbers, one a block.
        own: (k,) standard normal numbers, one an emotion.
    """

    block: Float64[np.ndarray, "2"]
    own: Float64[np.ndarray, "k"]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Leaning":
        return cls(rng.standard_normal(2), rng.standard_normal(len(EMOTIONS)))


@dataclass(frozen=True)
class Drive:
    """Hold what drives the body.

    All are numbers of mean 0 and deviation 1 times the signal-to-noise ratio, from -6 to 6.

    Args:
        valence: pleasant against unpleasant.
        arousal: how stirring the emotions are.
        conflict: the lesser of pleasant and unpleasant.
        emotions: (k,) each emotion.
    """

    valence: float
    arousal: float
    conflict: float
    emotions: Float64[np.ndarray, "k"]

    def plus(self, signature: "Drive") -> "Drive":
        """Return this drive with that of a situation added.

        Args:
            signature: what the situation itself does to the body, whatever is felt in it.

        Returns:
            The sums, from -6 to 6.
        """
        return Drive(*(_limited(getattr(self, each.name) + getattr(signature, each.name)) for each in fields(Drive)))

    @classmethod
    def signature(cls, rng: np.random.Generator, strength: float) -> "Drive":
        """Draw what a situation itself does to the body.

        Args:
            rng: the situation's.
            strength: standard deviation of each number.

        Returns:
            A drive with mean 0.
        """
        drawn = strength * rng.standard_normal(3 + len(EMOTIONS))
        return cls(valence=drawn[0], arousal=drawn[1], conflict=drawn[2], emotions=drawn[3:])


@dataclass(frozen=True)
class Affect:
    """Hold what is felt in one trial.

    Args:
        felt: (k,) how strong each emotion is, in points of the rating scale above "not at all".
    """

    felt: Float64[np.ndarray, "k"]

    @property
    def scores(self) -> Int64[np.ndarray, "k"]:
        """Return the ratings, 1 to 5."""
        return np.asarray(1 + np.minimum(np.rint(self.felt), 4), dtype=np.int64)

    @property
    def D(self) -> Float64[np.ndarray, "k"]:
        """Return the ratings over their sum."""
        return np.asarray(self.scores / self.scores.sum())

    def drive(self, snr: float) -> Drive:
        """Return what drives the body. It follows what is felt, not the rounded ratings.

        Args:
            snr: the signal-to-noise ratio.

        Returns:
            The drive.
        """
        positive, negative = self.felt.reshape(2, -1).mean(1)
        felt = {
            "valence": positive - negative,
            "arousal": self.felt @ AROUSAL / AROUSAL.sum(),
            "conflict": min(positive, negative),
            "emotions": self.felt,
        }
        return Drive(**{name: _scaled(value, name, snr) for name, value in felt.items()})


def feel(condition: str, leanings: Mapping[str, Leaning], rho: float) -> Affect:
    """Return what is felt in a trial.

    Args:
        condition: of the clip.
        leanings: what the clip, the person and the trial add (the keys of SHARES).
        rho: the share of the spread that the emotions of a block have in common.

    Returns:
        The emotions.
    """
    block, own = np.zeros(2), np.zeros(len(EMOTIONS))
    for name, share in SHARES.items():
        block += np.sqrt(share) * leanings[name].block
        own += np.sqrt(share) * leanings[name].own
    shared = START + RISE[condition] + SPREAD * np.sqrt(rho) * block
    return Affect(np.maximum(np.repeat(shared, len(POSITIVE)) + SPREAD * np.sqrt(1 - rho) * own, 0.0))


def _scaled(value: Any, name: str, snr: float) -> Any:
    mean, deviation = TYPICAL[name]
    return _limited(snr * (value - mean) / deviation)


def _limited(value: Any) -> Any:
    return np.clip(value, -LIMIT, LIMIT)
