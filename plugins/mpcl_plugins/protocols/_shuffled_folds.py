"""Shuffle subjects or trials into folds of equal size."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import DataError, Fold, WindowKeys, draw_validation


def shuffled_folds(
    keys: WindowKeys, unit: Int64[np.ndarray, "N"], field: str, n_folds: int, seed: int
) -> Iterator[Fold]:
    """Yield folds that hold out whole units, each unit once.

    Args:
        keys: the keys of the windows.
        unit: (N,) the number of each window's unit.
        field: what a unit is, for messages: ``subject`` or ``trial``.
        n_folds: the number of folds.
        seed: draws the folds and their validation windows.

    Yields:
        The folds ``fold-1`` to ``fold-n``, of equal size (± 1 unit).

    Raises:
        DataError: there are fewer units than folds.
    """
    units = np.unique(unit)
    if len(units) < n_folds:
        raise DataError(f"{len(units)} {field}s cannot make {n_folds} folds", field=field)
    rng = np.random.default_rng(seed)
    for number, tested in enumerate(np.array_split(rng.permutation(units), n_folds), 1):
        test = np.flatnonzero(np.isin(unit, tested))
        yield draw_validation(keys, keys.others(test), test, f"fold-{number}", rng)
