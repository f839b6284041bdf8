"""State what is missing or without use in a feature table."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import list_names
from mpcl_plugins.sources._table.content import TableContent

Features = Mapping[str, Float64[np.ndarray, "N _"]]
Columns = Mapping[str, Sequence[str]]


def missing_note(features: Features, columns: Columns) -> str:
    """Name the columns with empty cells, those with most first.

    Args:
        features: modality -> (N, F) values; NaN where one is missing.
        columns: modality -> its F columns.

    Returns:
        The note; '' where no cell is empty.
    """
    counts: dict[str, int] = {}
    for name, values in features.items():
        counts |= dict(zip(columns[name], np.isnan(values).sum(0).tolist(), strict=True))
    most = sorted(filter(counts.__getitem__, counts), key=lambda column: -counts[column])
    n = len(next(iter(features.values())))
    found = list_names([f"{column} in {counts[column]}" for column in most], 5)
    return f"Empty cells, where a modality is absent: {found} of {n} rows." if most else ""


def constant_note(features: Features, columns: Columns) -> str:
    """Name the columns that have the same value in all rows.

    Args:
        features: modality -> (N, F) values; NaN where one is missing.
        columns: modality -> its F columns.

    Returns:
        The note; '' where there is no such column.
    """
    constant: list[str] = []
    for name, values in features.items():
        is_varied = np.fmin.reduce(values, 0) < np.fmax.reduce(values, 0)
        constant += [column for column, varies in zip(columns[name], is_varied.tolist(), strict=True) if not varies]
    return f"Columns with one value in all rows, which say nothing: {list_names(constant)}." if constant else ""


def rating_note(rows: TableContent) -> str:
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


def repetition_note(content: TableContent) -> str:
    """State how many trials have several rows where others have one, and how many rows repeat another.

    Args:
        content: the rows.

    Returns:
        The note; '' where neither is so.
    """
    keys = [key for key in zip(content.names["subject"], content.names["trial"], strict=True) if key[1]]
    counts = Counter(keys)
    several = sum(count > 1 for count in counts.values())
    values = np.hstack([*content.features.values(), content.scores, *(t[:, None] for t in content.times.values())])
    alike = Counter(zip(content.names["subject"], content.names["trial"], map(bytes, values), strict=True))
    repeated = len(values) - len(alike)
    notes = []
    if 0 < several < len(counts):
        notes.append(f"{several} of {len(counts)} trials have several rows, which count as their windows.")
    if repeated:
        notes.append(f"{repeated} rows repeat another row of their person and trial in all features and scores.")
    return " ".join(notes)
