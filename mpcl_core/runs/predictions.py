"""Reads what a run stored: the predictions of its jobs, and the studies that its lock describes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.interfaces.errors import UsageError


@dataclass(frozen=True)
class Predictions:
    """Test rows of one variant and seed, over all folds.

    Args:
        D, D_pred: (N k) truth and prediction.
        weight: (N,) what a row counts.
        row: (N,) its number in the study.
        subject, trial: (N,) text.
    """

    D: Float64[np.ndarray, "N k"]
    D_pred: Float64[np.ndarray, "N k"]
    weight: Float64[np.ndarray, "N"]
    row: Shaped[np.ndarray, "N"]
    subject: Shaped[np.ndarray, "N"]
    trial: Shaped[np.ndarray, "N"]


FIELDS = ("D", "D_pred", "weight", "row", "subject", "trial")


def lock(run: Path) -> dict[str, Any]:
    """What the run wrote down about itself.

    Raises:
        UsageError: the folder is no run, or its lock is damaged.
    """
    path = run / "lock.json"
    if not path.is_file():
        raise UsageError(f"{run} is no run folder: it has no lock.json")
    try:
        content: dict[str, Any] = json.loads(path.read_text())
        lacking = {"name", "seeds", "studies"} - set(content)
        lacking |= {name for name, found in content.get("components", {}).items() if "sha256" not in found}
    except (ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    if lacking:
        raise UsageError(f"{path} is damaged: it does not say all of {', '.join(sorted(lacking))}")
    return content


def predictions(run: Path, variant: str) -> Iterator[tuple[int, Predictions]]:
    """Seed after seed, the predictions of a variant; nothing where none of its jobs ended well."""
    seeds = sorted((run / "jobs" / variant).glob("*"), key=lambda path: int(path.name))
    for seed in seeds:
        if files := sorted(seed.glob("*/predictions.npz")):
            yield int(seed.name), _joined(files)


def ended(run: Path, variant: str) -> int:
    """How many of a variant's jobs ended well."""
    return len(list((run / "jobs" / variant).glob("*/*/predictions.npz")))


def arrays(file: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """What an archive holds under these names, or all of it; what is damaged is noticed.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error: it cannot be read, or lacks one.
    """
    if file.exists() and not is_zipfile(file):
        raise BadZipFile(f"{file.name} is no archive of arrays")
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
        return {name: archive[name] for name in (archive.files if names is None else names)}


def _joined(files: list[Path]) -> Predictions:
    parts = [arrays(file, FIELDS) for file in files]
    return Predictions(**{name: np.concatenate([part[name] for part in parts]) for name in FIELDS})
