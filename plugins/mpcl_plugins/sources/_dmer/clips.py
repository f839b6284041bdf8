"""Describe the clips of DMER: their conditions, the distributions, and the windows of the seconds in which one ran."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64, Shaped

from mpcl_core.plugin import DataError, Modality, Valence, WindowSet, check_distributions
from mpcl_plugins.sources.formats.mat import real_part

CLIPS = 32
"""Clips are numbered from 0; what has a number from 32 on is rest."""
CONDITIONS = np.array(["positive"] * 8 + ["negative"] * 8 + ["mixed"] * 16)


@dataclass(frozen=True)
class Seconds:
    """Hold the seconds of one viewer in which a clip ran, one window each.

    Args:
        X: modality name -> (N, c, t).
        clip: (N,) from 0 to 31.
        start: (N,) seconds in the clip.
    """

    X: dict[str, Float32[np.ndarray, "N _ _"]]
    clip: Int64[np.ndarray, "N"]
    start: Float64[np.ndarray, "N"]

    def windows(
        self,
        path: Path,
        modalities: tuple[Modality, ...],
        D: Float64[np.ndarray, "32 k"],
        labels: tuple[str, ...],
        valence: Valence,
    ) -> WindowSet:
        """Return the windows with the distributions of their clips.

        Args:
            path: the file or folder, whose name is that of the viewer.
            modalities: the modalities.
            D: (32, k) the distribution of each clip.
            labels: the k emotions.
            valence: which of them are positive and negative.

        Returns:
            N windows.
        """
        name = self.clip.astype(str)
        return WindowSet(
            modalities=modalities,
            X=self.X,
            present={modality: np.ones(len(name), dtype=bool) for modality in self.X},
            D=D[self.clip],
            labels=labels,
            valence=valence,
            subject=np.full(len(name), path.stem),
            trial=name,
            stimulus=name,
            condition=CONDITIONS[self.clip],
            window=running_number(self.clip),
            t_start=self.start,
            t_stop=self.start + 1.0,
        ).validate(path)


def clip_numbers(stored: Shaped[np.ndarray, "..."], n: int, path: Path, field: str) -> Int64[np.ndarray, "n"]:
    """Return the clip of each of n rows or samples.

    Args:
        stored: the array with the numbers.
        n: the expected number.
        path: the file, for errors.
        field: the name of the array, for errors.

    Returns:
        (n,) clips.

    Raises:
        DataError: there are more or fewer, or one is not a whole number from 0 on.
    """
    if stored.size != n or max(stored.shape) != n:
        raise DataError(f"shape {stored.shape}, but one clip for each of {n} rows is expected", path, field)
    numbers = real_part(stored.reshape(n))
    if len(bad := np.flatnonzero(~np.isfinite(numbers) | (numbers < 0) | (numbers != np.floor(numbers)))):
        row = int(bad[0])
        raise DataError(f"{numbers[row]:g} is not a clip; clips are numbered from 0", path, field, row)
    return np.asarray(np.minimum(numbers, np.iinfo(np.int32).max), dtype=np.int64)


def clip_distributions(stored: Shaped[np.ndarray, "32 k"], path: Path) -> Float64[np.ndarray, "32 k"]:
    """Return the distribution of each clip.

    Args:
        stored: (32, k) the array with the distributions.
        path: the file, for errors.

    Returns:
        (32, k).

    Raises:
        DataError: naming the first row that is not a distribution.
    """
    D = real_part(stored)
    check_distributions(D, "dis_label", path)
    return D


def running_number(group: Shaped[np.ndarray, "N"]) -> Int64[np.ndarray, "N"]:
    """Return how many earlier rows are of the same group.

    Args:
        group: (N,) group of each row.

    Returns:
        (N,) counts from 0.
    """
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.searchsorted(ordered, ordered)
    number = np.empty(len(group), dtype=np.int64)
    number[order] = np.arange(len(group)) - first
    return number
