"""The variant whose samples are drawn: its predictions, and what one of its jobs kept of some test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.runs import predictions
from mpcl_core.runs.predictions import Predictions

Study = Mapping[str, Any]
"""What the lock says of a study."""


@dataclass(frozen=True)
class SampleVariant:
    """The variant whose samples are drawn, as one of its seeds predicted them.

    Args:
        run: the run's name.
        variant, seed: which.
        study: what the lock says of its study.
        predictions: the test rows of all folds.
        fold: the first fold that left diagnostics; '' without any.
        diagnostics: what that job kept of some test rows, by dotted name.
        D: their true distributions; no rows without diagnostics.
    """

    run: str
    variant: str
    seed: int
    study: Study
    predictions: Predictions
    fold: str
    diagnostics: Mapping[str, np.ndarray]
    D: np.ndarray

    @property
    def labels(self) -> Sequence[str]:
        """The names of the k emotions."""
        return list(self.study["labels"])

    @property
    def title(self) -> str:
        """What a figure of it is about."""
        return f"{self.run}, {self.variant}"

    @property
    def job(self) -> str:
        """The job that the diagnostics are from, for captions."""
        return f"{self.variant}, seed {self.seed}, fold {self.fold}"


def look(folder: Path, run: str, variant: str, study: Study) -> SampleVariant | None:
    """A variant of a run as its first seed left it; None where that predicted nothing.

    Args:
        folder, run: the run's folder and name.
        variant, study: which variant, and its study.
    """
    for seed, found in predictions.predictions(folder, variant):
        jobs = sorted(path.parent for path in (folder / "jobs" / variant / str(seed)).glob("*/diagnostics.npz"))
        whole = [job for job in jobs if (job / "predictions.npz").is_file()]
        diagnostics, D = _views(whole[0]) if whole else ({}, found.D[:0])
        return SampleVariant(run, variant, seed, study, found, whole[0].name if whole else "", diagnostics, D)
    return None


def _views(job: Path) -> tuple[Mapping[str, np.ndarray], np.ndarray]:
    with np.load(job / "diagnostics.npz", allow_pickle=False) as archive:
        diagnostics = dict(archive)
    with np.load(job / "predictions.npz", allow_pickle=False) as archive:
        return diagnostics, archive["D"][diagnostics["index"]]
