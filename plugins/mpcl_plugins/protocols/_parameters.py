"""Provide bounded types for the parameters that several protocols share."""

from typing import Annotated

from pydantic import Field

Folds = Annotated[int, Field(ge=2, le=65536)]
"""How many folds: 2 to 65536."""

Share = Annotated[float, Field(gt=0, lt=1)]
"""The part that is held out, above 0 and below 1."""


def check_folds(folds: int) -> int:
    """Return the number of folds after a check.

    Args:
        folds: the number of folds.

    Returns:
        The number itself.

    Raises:
        ValueError: it is below 2.
    """
    if folds < 2:
        raise ValueError(f"folds is {folds}, but a split needs at least 2")
    return folds


def check_share(test: float) -> float:
    """Return the share that is held out after a check.

    Args:
        test: the share.

    Returns:
        The share itself.

    Raises:
        ValueError: it is not between 0 and 1.
    """
    if not 0 < test < 1:
        raise ValueError(f"test is {test}, but a share lies above 0 and below 1")
    return test
