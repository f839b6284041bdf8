"""What the layouts of DMER files have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.interfaces.data import Modality, Valence, WindowSet
from mpcl_sources._mat import Spec


@dataclass(frozen=True)
class Layout:
    """One way in which DMER is stored.

    Args:
        shapes: the arrays of a file and their shapes.
        modalities: what they bring.
        read: the file's rows, checked; given the path, the labels and their valence.
    """

    shapes: Spec
    modalities: tuple[Modality, ...]
    read: Callable[[Path, tuple[str, ...], Valence], WindowSet]


def running_number(group: Shaped[np.ndarray, "N"]) -> Int64[np.ndarray, "N"]:
    """How many earlier rows are of the same group."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.searchsorted(ordered, ordered)
    number = np.empty(len(group), dtype=np.int64)
    number[order] = np.arange(len(group)) - first
    return number
