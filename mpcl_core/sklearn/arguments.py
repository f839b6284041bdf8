"""Check the arguments of the estimator, so that a wrong one is one clear ValueError."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped
from sklearn.utils._missing import is_pandas_na, is_scalar_nan

from mpcl_core.app.running.settings import choose_device
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError


def subjects_of(groups: Any, n: int) -> Shaped[np.ndarray, "n"]:
    """Return the subjects of windows as text.

    Args:
        groups: (n,) or (n, 1) anything that numpy converts to an array; None where the subjects are unknown.
        n: the number of windows.

    Returns:
        (n,) names, all '' where unknown.

    Raises:
        ValueError: the array has another shape or length, or a missing value.

    Example:
        >>> subjects_of([[3], [4]], 2).tolist()
        ['3', '4']
    """
    if groups is None:
        return np.full(n, "")
    names = np.asarray(groups)
    if names.ndim == 2 and names.shape[1] == 1:
        names = names[:, 0]
    if names.shape != (n,):
        raise ValueError(f"groups has shape {names.shape}, but must be ({n},): one subject for each row of X")
    missing = [name is None or bool(is_pandas_na(name)) or _is_nan(name) for name in names]
    if any(missing):
        row = missing.index(True)
        raise ValueError(f"groups, row {row}: {names[row]} names no subject; without groups all subjects are unknown")
    return names.astype(str)


def _is_nan(value: object) -> bool:
    is_no_time = isinstance(value, np.datetime64 | np.timedelta64) and bool(np.isnat(value))
    return is_no_time or bool(is_scalar_nan(value))


def checked_sets(sets: Any) -> tuple[str, ...]:
    """Return the patches of the recipe.

    Args:
        sets: a sequence of texts ``key.key=value``.

    Returns:
        The patches.

    Raises:
        ValueError: it is one text, or holds something else than texts.

    Example:
        >>> checked_sets(["train.epochs=3"])
        ('train.epochs=3',)
    """
    is_sequence = isinstance(sets, Sequence | np.ndarray) and not isinstance(sets, str)
    if is_sequence and all(isinstance(text, str) for text in sets):
        return tuple(map(str, sets))
    remedy = f"write ({sets!r},)" if isinstance(sets, str) else "such as ('train.epochs=3',)"
    raise ValueError(f"sets is {sets!r}, but must be a sequence of texts: {remedy}")


def checked_modalities(modalities: Any) -> tuple[Modality, ...]:
    """Return the modalities of the columns.

    Args:
        modalities: a sequence of `Modality`.

    Returns:
        The modalities.

    Raises:
        ValueError: it is something else, is empty, or names a modality twice.

    Example:
        >>> checked_modalities([Modality("eeg", 1, 6)])[0].name
        'eeg'
    """
    found = tuple(modalities) if isinstance(modalities, Sequence) else ()
    if not found or not all(isinstance(modality, Modality) for modality in found):
        raise ValueError(f"modalities is {modalities!r}, but must be a sequence of Modality objects")
    names = [modality.name for modality in found]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"modalities names '{repeated[0]}' twice")
    return found


def checked_device(device: str) -> str:
    """Return the device that a setting means on this machine.

    Args:
        device: ``cpu``, ``cuda`` or ``mps``; or ``auto`` for the best that is there.

    Returns:
        ``cpu``, ``cuda`` or ``mps``.

    Raises:
        ValueError: this machine has no such device.

    Example:
        >>> checked_device("cpu")
        'cpu'
    """
    try:
        return choose_device(device)
    except UsageError as error:
        raise ValueError(f"device: {error}") from None
