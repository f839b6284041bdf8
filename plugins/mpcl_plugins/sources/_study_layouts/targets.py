"""Make distributions for studies that state only which emotion a clip was to evoke.

    D_k = (1[k = target] + s) / (1 + s K)      s = the smoothing, K = the number of emotions

That is no rating: all people have the same label for a clip, so that a model which recognises the clip knows the label.
"""

import numpy as np
from jaxtyping import Float64


def target_distribution(target: int, n_emotions: int, smoothing: float) -> Float64[np.ndarray, "k"]:
    """Return the distribution of a clip.

    Args:
        target: the index of its emotion.
        n_emotions: K.
        smoothing: s.

    Returns:
        (k,) shares.
    """
    shares = np.full(n_emotions, smoothing)
    shares[target] += 1
    distribution: Float64[np.ndarray, k] = shares / shares.sum()
    return distribution
