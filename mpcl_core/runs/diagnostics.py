"""Read what figures of single windows draw: the predictions and the diagnostics of a variant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from mpcl_core.runs.finished_jobs import finished_folders
from mpcl_core.runs.layout import DIAGNOSTICS
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.predictions import Predictions
from mpcl_core.toolkit.archives import read_arrays


@dataclass(frozen=True)
class DrawnVariant:
    """Hold a variant that figures of single windows draw, as its first seed predicted them.

    Args:
        run: the run's name.
        variant, seed: the variant and the seed.
        study: the manifest of its study.
        predictions: the test windows of all folds.
        fold: the first fold with diagnostics; empty without any.
        diagnostics: dotted name -> array: what the job of that fold stored of V of its test windows.
        D: (V, k) the true distributions of those windows; V is 0 without diagnostics.
    """

    run: str
    variant: str
    seed: int
    study: StudyManifest
    predictions: Predictions
    fold: str
    diagnostics: Mapping[str, np.ndarray]
    D: np.ndarray

    @property
    def labels(self) -> Sequence[str]:
        """Return the names of the k emotions."""
        return self.study.labels

    @property
    def title(self) -> str:
        """Return the run and the variant, for the title of a figure."""
        return f"{self.run}, {self.variant}"

    @property
    def job(self) -> str:
        """Return the job that the diagnostics are from, for captions."""
        return f"{self.variant}, seed {self.seed}, fold {self.fold}"


def read_drawn_variant(
    folder: Path, run: str, variant: str, study: StudyManifest, seeds: Iterable[tuple[int, Predictions]]
) -> DrawnVariant | None:
    """Read a variant as its first seed left it.

    Args:
        folder: the run folder.
        run: the run's name.
        variant: the variant.
        study: the manifest of its study.
        seeds: its seeds and their predictions, of which the first is used.

    Returns:
        The variant; None where none of its jobs has finished.
    """
    for seed, found in seeds:
        jobs = [job for job in finished_folders(folder, variant) if job.parent.name == str(seed)]
        jobs = [job for job in jobs if (job / DIAGNOSTICS).is_file()]
        diagnostics = read_arrays(jobs[0] / DIAGNOSTICS) if jobs else {}
        D = found.of_fold(jobs[0].name).D[diagnostics["index"]] if jobs else found.D[:0]
        return DrawnVariant(run, variant, seed, study, found, jobs[0].name if jobs else "", diagnostics, D)
    return None


def diagnostic_names(file: Path) -> frozenset[str]:
    """List the diagnostics that a job has stored, without reading them.

    Args:
        file: the file with the diagnostics.

    Returns:
        Their dotted names.

    Raises:
        BadZipFile: the file is damaged.
    """
    with ZipFile(file) as archive:
        return frozenset(name.removesuffix(".npy") for name in archive.namelist())
