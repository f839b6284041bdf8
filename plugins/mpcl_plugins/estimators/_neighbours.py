"""Check the parameters that the estimators by nearest neighbours share."""

from collections.abc import Sequence


def check_neighbours(k: int, modalities: Sequence[str] | None = None) -> None:
    """Raise an error unless there is a neighbour to average and a modality to compare.

    Args:
        k: the number of neighbours.
        modalities: the names of the modalities that are compared; None for all.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """
    if k < 1:
        raise ValueError(f"k is {k}, but at least 1 neighbour is needed")
    if modalities is not None and not modalities:
        raise ValueError("modalities is empty; leave it out to compare all")
