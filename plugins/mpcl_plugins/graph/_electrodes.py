"""Locate the electrodes of the 10-20 system, and weigh the edges between them by distance.

The system divides arcs of a sphere: the midline from nasion to inion in tenths of 180°, the ring through Fpz, T7, Oz
and T8 in tenths of a half circle. An electrode in between lies on the arc from its row's midline to its row's end on
the ring: in the row F, F1 a quarter of the way, F3 a half, F5 three quarters, F7 at the end.
"""

import re
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

ROWS = {
    "FP": (72, 18),
    "AF": (54, 36),
    "F": (36, 54),
    "FC": (18, 72),
    "C": (0, 90),
    "CP": (-18, 108),
    "P": (-36, 126),
    "PO": (-54, 144),
    "O": (-72, 162),
}
"""Row -> its midline, in degrees in front of Cz, and its end on the ring, in degrees from the forehead."""
RING = 72
"""Degrees from Cz down to the ring."""
TEMPORAL = {"FT": "FC", "T": "C", "TP": "CP"}
"""Names of the same rows on the ring."""
FORMER = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}
NAME = re.compile(r"(FP|O)(Z|[12])|(AF|FC|CP|PO|F|C|P)(Z|[1-8])|(FT|TP|T)([78])")


def position(name: str) -> Float64[np.ndarray, "3"] | None:
    """Return the position of an electrode on the unit sphere.

    Args:
        name: of the electrode, in any case.

    Returns:
        Right, front and up; None for a name that is not of the 10-20 system.
    """
    if (parts := _parts(name)) is None:
        return None
    row, number = parts
    front, side = np.radians(ROWS[row])
    middle = np.array([0.0, np.sin(front), np.cos(front)])
    if number == 0:
        return middle
    ring, right = np.radians(RING), 1 if number % 2 == 0 else -1
    end = np.array([right * np.sin(ring) * np.sin(side), np.sin(ring) * np.cos(side), np.cos(ring)])
    share = 1.0 if row in ("FP", "O") else (number + 1) // 2 / 4
    arc = np.arccos(middle @ end)
    place: np.ndarray = (np.sin((1 - share) * arc) * middle + np.sin(share * arc) * end) / np.sin(arc)
    return place


def nearness(ch_names: Sequence[str], *, signed: bool) -> Float[Tensor, "c c"]:
    """Weigh the pairs of electrodes by distance: A_ij = min(1, δ / d_ij²).

    δ is such that a fifth of the pairs weigh more than 0.1 (RGNN: Zhong et al., IEEE Transactions on Affective
    Computing 2020, eq. 8 and 9).

    Args:
        ch_names: names of the channels.
        signed: use A_ij - 1 where i and j mirror each other.

    Returns:
        A (c c), symmetric.

    Raises:
        ValueError: a name is not of the 10-20 system, or there are no names.
    """
    if not ch_names:
        raise ValueError("start 'electrodes' needs channel names of the 10-20 system, but the channels have none")
    places = [position(name) for name in ch_names]
    if unknown := [name for name, place in zip(ch_names, places, strict=True) if place is None]:
        raise ValueError(f"start 'electrodes' needs channel names of the 10-20 system, not {', '.join(unknown)}")
    P = np.array(places)
    squared = np.square(P[:, None] - P[None]).sum(-1)
    delta = 0.1 * np.quantile(squared[np.triu_indices(len(P), 1)], 0.2)
    A = np.minimum(1.0, delta / np.maximum(squared, 1e-9))
    mirrored = np.square(P[:, None] * [-1, 1, 1] - P[None]).sum(-1) < 1e-9
    A -= signed * (mirrored & (squared > 1e-9))
    return torch.as_tensor(A, dtype=torch.float32)


def _parts(name: str) -> tuple[str, int] | None:
    """Split the name of an electrode.

    Returns:
        Its row, and its number, 0 on the midline; None for a name that is not of the 10-20 system.
    """
    upper = name.upper()
    if (match := NAME.fullmatch(FORMER.get(upper, upper))) is None:
        return None
    row, number = (part for part in match.groups() if part)
    return TEMPORAL.get(row, row), 0 if number == "Z" else int(number)
