"""Shuffle subjects or trials into folds of equal size."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import DataError, Fold, WindowKeys
from mpcl_plugins.protocols._rated_subjects import draw_rated


def shuffled_folds(
    keys: WindowKeys,
    unit: Int64[np.ndarray, "N"],
    field: str,
    n_folds: int,
    seed: int,
    rated_subjects: int | None = None,
) -> Iterator[Fold]:
    """Yield folds that hold out whole units, each unit once.

    Args:
        keys: the keys of the windows.
        unit: (N,) the number of each window's unit.
        field: what a unit is, for messages: ``subject`` or ``trial``.
        n_folds: the number of folds.
        seed: draws the folds, their rated subjects and their validation windows.
        rated_subjects: how many subjects of a fitting side keep their ratings; None for all.

    Yields:
        The folds ``fold-1`` to ``fold-n``, of equal size (± 1 unit).

    Raises:
        DataError: there are fewer units than folds, or fewer subjects than shall be rated.
    """
    units = np.unique(unit)
    if len(units) < n_folds:
        raise DataError(f"{len(units)} {field}s cannot make {n_folds} folds", field=field)
    rng = np.random.default_rng(seed)
    for number, tested in enumerate(np.array_split(rng.permutation(units), n_folds), 1):
        test = np.flatnonzero(np.isin(unit, tested))
        yield draw_rated(keys, test, f"fold-{number}", rng, rated_subjects)
