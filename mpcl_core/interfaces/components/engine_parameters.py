"""List what the engine supplies to the components of a slot."""

import inspect
from functools import lru_cache


@lru_cache
def supplied_by_engine(slot: str) -> tuple[str, ...]:
    """Return the parameters that the engine supplies to components of a slot.

    Args:
        slot: its name.

    Returns:
        The parameters of the constructor of the slot's base class.

    Example:
        >>> supplied_by_engine("encoder")
        ('modality', 'dim')
    """
    from mpcl_core.interfaces.components.slots import SLOTS  # imports torch

    return tuple(inspect.signature(SLOTS[slot]).parameters)
