"""Turn ratings of valence and arousal into distributions over the quadrants of their plane.

    v = (valence − low) / (high − low), a = (arousal − low) / (high − low)
    D = (v a, v (1 − a), (1 − v) a, (1 − v)(1 − a))

For studies that rated no emotions. A rating is read as the probability of the upper end of its scale, and the two
scales as independent given the rating. That is a rule and no rating of emotions: 5 on a scale from 1 to 9 is half of
each side, whether the person felt both or nothing. The quadrants are pleasant or unpleasant with high or low arousal.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Valence

QUADRANTS = ("pleasant_aroused", "pleasant_calm", "unpleasant_aroused", "unpleasant_calm")
VALENCE = Valence(QUADRANTS[:2], QUADRANTS[2:])


def quadrants(
    valence: Float64[np.ndarray, "n"], arousal: Float64[np.ndarray, "n"], low: float, high: float
) -> Float64[np.ndarray, "n 4"]:
    """Return the distributions of rated trials.

    Args:
        valence: (n,) ratings from ``low`` to ``high``.
        arousal: (n,) ratings from ``low`` to ``high``.
        low: the lowest rating of the scale.
        high: the highest.

    Returns:
        (n, 4) distributions over `QUADRANTS`.
    """
    v, a = (valence - low) / (high - low), (arousal - low) / (high - low)
    return np.stack([v * a, v * (1 - a), (1 - v) * a, (1 - v) * (1 - a)], axis=1)
