"""Check arguments that several components take."""

from collections.abc import Sequence


def check_dropout(dropout: float) -> None:
    """Check that a dropout rate is a fraction.

    Args:
        dropout: share of values that are dropped in training.

    Raises:
        ValueError: it is not in [0, 1).

    Example:
        >>> check_dropout(0.5)
        >>> check_dropout(1.0)
        Traceback (most recent call last):
            ...
        ValueError: dropout is 1.0, but must be from 0 and below 1
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}, but must be from 0 and below 1")


def check_heads(heads: int, dim: int) -> None:
    """Check that the width of a token can be divided among attention heads.

    Args:
        heads: h, the number of attention heads.
        dim: d.

    Raises:
        ValueError: ``heads`` is below 1 or does not divide ``dim``.

    Example:
        >>> check_heads(heads=4, dim=32)
        >>> check_heads(heads=3, dim=32)
        Traceback (most recent call last):
            ...
        ValueError: heads is 3, but must divide dim, which is 32
    """
    if heads < 1 or dim % heads:
        raise ValueError(f"heads is {heads}, but must divide dim, which is {dim}")


def check_levels(levels: Sequence[int], valence: Sequence[Sequence[int]] | None, *, flat: str) -> None:
    """Check the sizes of the levels of a hierarchical head.

    Args:
        levels: sizes of the levels above the k emotions.
        valence: disjoint groups of label indices; None where the source states none.
        flat: name of the head without levels, for the message.

    Raises:
        ValueError: ``levels`` is empty, or its first entry is not the number of valence sets.

    Example:
        >>> check_levels((2, 1), ((0, 1), (2, 3)), flat="linear")
        >>> check_levels((3,), ((0, 1), (2, 3)), flat="linear")
        Traceback (most recent call last):
            ...
        ValueError: the first of levels is 3, but the source states 2 valence sets
    """
    if not levels:
        raise ValueError(f"levels is empty; use the head '{flat}', which has no levels")
    if valence is not None and levels[0] != len(valence):
        raise ValueError(f"the first of levels is {levels[0]}, but the source states {len(valence)} valence sets")
