"""Identify folds and jobs."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Int64


@dataclass(frozen=True)
class Fold:
    """Hold one split of a study as indices of windows.

    Args:
        train, validation: the fitting windows; validation serves choices such as early stopping,
            never results.
        test: the windows that are scored.
        label: name of the fold in the run folder (the held-out subject, for example).
        unrated: further windows, whose signals may be learnt and whose ratings are hidden; none by default.
    """

    train: Int64[np.ndarray, "_"]
    validation: Int64[np.ndarray, "_"]
    test: Int64[np.ndarray, "_"]
    label: str
    unrated: Int64[np.ndarray, "_"] = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Job:
    """Identify a job, the unit that is run, parallelised and stored: one variant, one seed, one fold.

    Args:
        variant: name of the variant.
        seed: of the job.
        fold: label of the fold.
        folder: the folder for the job's files.
    """

    variant: str
    seed: int
    fold: str
    folder: Path
