"""Read the names of the columns of DataFrames, and write DataFrames."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def is_frame(values: Any) -> bool:
    """Return whether a value is a DataFrame of pandas.

    Args:
        values: any value.

    Returns:
        Whether it is one.
    """
    return hasattr(values, "iloc") and hasattr(values, "columns")


def column_names(values: Any) -> tuple[str, ...]:
    """Return the names of the columns of a DataFrame.

    Args:
        values: any value.

    Returns:
        The names; none for anything else, and where a name is no text.

    Raises:
        ValueError: two columns have the same name.
    """
    names = tuple(values.columns) if is_frame(values) else ()
    if not all(isinstance(name, str) for name in names):
        return ()
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"y has two columns '{repeated[0]}'; each emotion needs a name of its own")
    return names


def as_frame(values: np.ndarray, names: Sequence[str], index: Any = None) -> Any:
    """Build a DataFrame.

    Args:
        values: (n, m) the values.
        names: the m names of the columns.
        index: the n labels of the lines; None for numbers from 0.

    Returns:
        The DataFrame of pandas.
    """
    import pandas

    return pandas.DataFrame(values, index=index, columns=list(names))
