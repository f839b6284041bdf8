"""Make files of dmer as the tests of several readers need them."""

import numpy as np

Arrays = dict[str, np.ndarray]


CLIPS = np.array([40, 40, 3, 3, 3, 40, 12, 12, 31, 31, 31, 40])


def distributions(rng: np.random.Generator, rows: int) -> np.ndarray:
    scores = rng.integers(1, 6, (rows, 10)).astype(float)
    return np.asarray(scores / scores.sum(1, keepdims=True))


def merged(seed: int = 0) -> Arrays:
    """A viewer in the layout of the merged feature files."""
    rng = np.random.default_rng(seed)
    return {
        "feas": rng.standard_normal((len(CLIPS), 913)),
        "vids": CLIPS[:, None].astype(float),
        "dis_label": distributions(rng, 32),
    }


def sample(seed: int = 0, train: int = 7, test: int = 3) -> Arrays:
    """A viewer in the layout of the EmotionDict sample."""
    rng = np.random.default_rng(seed)
    arrays: Arrays = {}
    for split, n in (("train", train), ("test", test)):
        arrays |= {
            f"{split}_eeg": rng.standard_normal((n, 18, 4)),
            f"{split}_gsr": rng.standard_normal((n, 1, 4)),
            f"{split}_ppg": rng.standard_normal((n, 1, 4)),
            f"{split}_video": rng.standard_normal((n, 32)).astype(np.float32),
            f"{split}_label": distributions(rng, n),
        }
    return arrays
