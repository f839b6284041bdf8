"""State what is missing or without use in a feature table."""

from collections.abc import Mapping, Sequence

import numpy as np

from mpcl_plugins.sources._table.columns import some
from mpcl_plugins.sources._table.rows import FeatureRows


def missing_note(rows: FeatureRows, features: Mapping[str, Sequence[str]]) -> str:
    """Name the columns with empty cells, those with most first.

    Args:
        rows: the rows.
        features: modality -> the columns of its features.

    Returns:
        The note; '' where no cell is empty.
    """
    counts = {
        column: int(count)
        for name, columns in features.items()
        for column, count in zip(columns, np.isnan(rows.features[name]).sum(0), strict=True)
        if count
    }
    most = sorted(counts, key=lambda column: -counts[column])
    found = some([f"{column} in {counts[column]}" for column in most], 5)
    return f"Empty cells, where a modality is absent: {found} of {len(rows.scores)} rows." if counts else ""


def constant_note(rows: FeatureRows, features: Mapping[str, Sequence[str]]) -> str:
    """Name the columns that have the same value in all rows.

    Args:
        rows: the rows.
        features: modality -> the columns of its features.

    Returns:
        The note; '' where there is no such column.
    """
    constant = []
    for name, columns in features.items():
        values = rows.features[name]
        low, high = np.fmin.reduce(values, 0), np.fmax.reduce(values, 0)
        constant += [column for column, is_varied in zip(columns, low < high, strict=True) if not is_varied]
    return f"Columns with one value in all rows, which say nothing: {some(constant)}." if constant else ""


def rating_note(rows: FeatureRows) -> str:
    """State in how many trials rows have different ratings.

    Args:
        rows: the rows.

    Returns:
        The note; '' where all rows of each trial have the same.
    """
    ratings: dict[tuple[str, str], set[bytes]] = {}
    for subject, trial, scores in zip(rows.names["subject"], rows.names["trial"], rows.scores, strict=True):
        if trial:
            ratings.setdefault((subject, trial), set()).add(scores.tobytes())
    several = sum(len(found) > 1 for found in ratings.values())
    return f"The ratings differ between rows of {several} of {len(ratings)} trials." if several else ""
